import { CfnCondition, CfnOutput, CfnParameter, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnPolicy, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';

/** ECS operations that change nothing. ECS cannot restrict List and a few Describe actions to resources, so all are for `*`. */
const READ = ['ecs:Describe*', 'ecs:Get*', 'ecs:List*'];

/** The actions of an operator on existing resources. No registration and no new service: those need iam:PassRole. */
const OPERATE = [
  'ecs:ContinueServiceDeployment',
  'ecs:StopServiceDeployment',
  'ecs:StopTask',
  'ecs:UpdateContainerInstancesState',
  'ecs:UpdateService',
  'ecs:UpdateTaskProtection',
];

/**
 * The gateway behind an internal Application Load Balancer, on Fargate, in subnets that exist. Two tasks; each takes its share of ECS's rate
 * limits, because replicas know nothing of each other.
 */
export class GatewayStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const parameter = (name, options) => new CfnParameter(this, name, options);
    const vpcId = parameter('VpcId', { type: 'AWS::EC2::VPC::Id' }).valueAsString;
    const subnets = parameter('SubnetIds', {
      type: 'List<AWS::EC2::Subnet::Id>',
      description:
        'Two private subnets in different zones, with a way to ECS, ECR, CloudWatch Logs and Secrets Manager.',
    }).valueAsList;
    const image = parameter('Image', {
      description: 'The image of the gateway in your registry, with a digest.',
    }).valueAsString;
    const certificate = parameter('CertificateArn', {
      description: 'ACM certificate of the name that callers use.',
    }).valueAsString;
    const callers = parameter('CallerCidr', {
      default: '10.0.0.0/8',
      description: 'Who may reach the balancer.',
    }).valueAsString;
    const mode = parameter('Access', {
      default: 'read',
      allowedValues: ['read', 'operate'],
      description:
        'read: no write of ECS. operate: also stop, scale, deploy an existing revision, roll back and drain.',
    });
    const zones = ['a', 'b'].map((zone) => `${this.region}${zone}`);
    const privateSubnetIds = zones.map((_, index) => Fn.select(index, subnets));
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', { vpcId, availabilityZones: zones, privateSubnetIds });

    const token = new Secret(this, 'Token', {
      description: 'Bearer token of the ecs-graphql gateway',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
    });
    const definition = new ecs.FargateTaskDefinition(this, 'Definition', {
      cpu: 512,
      memoryLimitMiB: 1024,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.X86_64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    definition.addContainer('gateway', {
      image: ecs.ContainerImage.fromRegistry(image),
      command: ['serve'],
      portMappings: [{ containerPort: 4000, name: 'http' }],
      environment: { AWS_REGION: this.region, RATE_SHARE: '0.48', SHUTDOWN_DELAY: '10s' },
      secrets: { ECS_GRAPHQL_TOKEN: ecs.Secret.fromSecretsManager(token) },
      readonlyRootFilesystem: true,
      stopTimeout: Duration.seconds(45),
      healthCheck: {
        command: ['CMD', 'node', 'dist/main.js', 'healthcheck'],
        interval: Duration.seconds(10),
        timeout: Duration.seconds(3),
        startPeriod: Duration.seconds(10),
      },
      logging: ecs.LogDrivers.awsLogs({
        streamPrefix: 'gateway',
        mode: ecs.AwsLogDriverMode.NON_BLOCKING,
        logGroup: new LogGroup(this, 'Log', {
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      }),
    });
    // The image may be in a private repository of this account.
    const pulls = ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonECSTaskExecutionRolePolicy');
    definition.obtainExecutionRole().addManagedPolicy(pulls);
    definition.addToTaskRolePolicy(new PolicyStatement({ sid: 'Read', actions: READ, resources: ['*'] }));
    this.allowOperations(definition, mode);

    const balancerGroup = new SecurityGroup(this, 'BalancerGroup', { vpc });
    balancerGroup.addIngressRule(Peer.ipv4(callers), Port.tcp(443));
    const balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', {
      vpc,
      vpcSubnets: { subnets: vpc.privateSubnets },
      securityGroup: balancerGroup,
      internetFacing: false,
      idleTimeout: Duration.seconds(60),
      preserveHostHeader: true,
    });
    const service = new ecs.FargateService(this, 'Service', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition: definition,
      desiredCount: 2,
      minHealthyPercent: 100,
      circuitBreaker: { enable: true, rollback: true },
      vpcSubnets: { subnets: vpc.privateSubnets },
    });
    service.connections.allowFrom(balancer, Port.tcp(4000));
    balancer
      .addListener('Https', {
        port: 443,
        open: false,
        certificates: [elb.ListenerCertificate.fromArn(certificate)],
        sslPolicy: elb.SslPolicy.RECOMMENDED_TLS,
      })
      .addTargets('Gateway', {
        targets: [service],
        port: 4000,
        protocol: elb.ApplicationProtocol.HTTP,
        protocolVersion: elb.ApplicationProtocolVersion.HTTP1,
        deregistrationDelay: Duration.seconds(30),
        healthCheck: { path: '/readyz', interval: Duration.seconds(10), healthyHttpCodes: '200' },
      });
    new CfnOutput(this, 'Endpoint', { value: `https://${balancer.loadBalancerDnsName}/graphql` });
    new CfnOutput(this, 'TokenArn', { value: token.secretArn });
  }

  /** The write actions, in a policy of its own that exists only where `Access` is `operate`. */
  allowOperations(definition, mode) {
    const policy = new CfnPolicy(this, 'OperatePolicy', {
      policyName: 'operate',
      roles: [definition.taskRole.roleName],
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Sid: 'Operate', Effect: 'Allow', Action: OPERATE, Resource: '*' }],
      },
    });
    policy.cfnOptions.condition = new CfnCondition(this, 'MayOperate', {
      expression: Fn.conditionEquals(mode.valueAsString, 'operate'),
    });
  }
}
