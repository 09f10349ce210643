import { App, DefaultStackSynthesizer } from 'aws-cdk-lib';
import { GatewayStack } from './stack.mjs';

/** The CloudFormation template of the stack, for any account and Region, without CDK's bootstrap resources. */
export function synthesize() {
  const app = new App({ analyticsReporting: false });
  const synthesizer = new DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
  const stack = new GatewayStack(app, 'EcsGraphql', { synthesizer });
  return app.synth().getStackByName(stack.stackName).template;
}
