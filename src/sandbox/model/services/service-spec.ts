import type * as aws from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';
import type { TaskDefinitionRecord } from '../task-definition-record.ts';

export interface ServiceSpec {
  taskDefinition: TaskDefinitionRecord | undefined;
  launchType: aws.LaunchType | undefined;
  capacityProviderStrategy: Wire<aws.CapacityProviderStrategyItem>[] | undefined;
  platformVersion: string | undefined;
  platformFamily: string | undefined;
  deploymentConfiguration: Wire<aws.DeploymentConfiguration>;
  networkConfiguration: Wire<aws.NetworkConfiguration> | undefined;
  loadBalancers: Wire<aws.LoadBalancer>[];
  serviceRegistries: Wire<aws.ServiceRegistry>[];
  serviceConnectConfiguration: Wire<aws.ServiceConnectConfiguration> | undefined;
  volumeConfigurations: Wire<aws.ServiceVolumeConfiguration>[] | undefined;
  vpcLatticeConfigurations: Wire<aws.VpcLatticeConfiguration>[] | undefined;
  placementConstraints: Wire<aws.PlacementConstraint>[];
  placementStrategy: Wire<aws.PlacementStrategy>[];
  healthCheckGracePeriodSeconds: number | undefined;
  enableECSManagedTags: boolean;
  propagateTags: aws.PropagateTags;
  enableExecuteCommand: boolean;
  availabilityZoneRebalancing: aws.AvailabilityZoneRebalancing;
  gatewayConnectors: Wire<aws.GatewayConnector>[] | undefined;
  monitoring: Wire<aws.MonitoringConfiguration> | undefined;
}
