import { expect, it } from 'vitest';
import { isAwsEndpoint } from '../../src/config/urls.ts';

it.each([
  ['https://ecs.eu-west-1.amazonaws.com', true],
  ['https://vpce-0a1b-2c3d.ecs.eu-west-1.vpce.amazonaws.com/', true],
  ['https://ecs.cn-north-1.amazonaws.com.cn', true],
  ['https://ecs.eu-west-1.api.aws', true],
  ['http://127.0.0.1:4566', false],
  ['https://amazonaws.com.example.com', false],
  ['https://notamazonaws.com', false],
])('%s is an endpoint of AWS: %s', (url, isAws) => {
  expect(isAwsEndpoint(url)).toBe(isAws);
});
