import { describe, expect, it } from 'vitest';
import { FUNCTIONS, NAMES } from '../../../functions/runtime/env.ts';
import type { Deploys } from '../offline/deploy.ts';

export function plannedApi(deploys: Deploys): void {
  describe('the API', () => {
    it('answers behind CloudFront, which waits as long as the function may take', () => {
      expect(deploys.test.all('cloudfront/distribution:Distribution')).toHaveLength(1);
      const route = deploys.test.plan.resources.find(({ name }) => name.startsWith('ApiRouteKey'))!;
      const { host, origin } = JSON.parse(route.inputs.entries.metadata);
      expect(host).toBe(
        new URL(deploys.test.one('lambda/functionUrl:FunctionUrl', /^ApiUrl$/).outputs.functionUrl).host,
      );
      expect(origin.timeouts.readTimeout).toBe(FUNCTIONS.api.timeoutS);
    });

    it('keeps what it answered to one key apart from what it answers to another', () => {
      const { parametersInCacheKeyAndForwardedToOrigin: parts, minTtl } = deploys.test.one(
        'cloudfront/cachePolicy:CachePolicy',
        /./,
      ).inputs;
      expect(minTtl).toBe(0); // otherwise "private" of an answer would not be heeded
      expect(parts.headersConfig.headers.items).toEqual(
        expect.arrayContaining(['authorization', 'x-api-key']),
      );
      expect(parts.queryStringsConfig).toEqual({ queryStringBehavior: 'all' });
    });

    it('may read without a key and write with none until secrets are set', () => {
      expect(deploys.test.variablesOf('Api')).toMatchObject({
        [NAMES.readKeys]: '',
        [NAMES.writeKeys]: '',
        [NAMES.jwtSecret]: '',
        [NAMES.jwtPublicKey]: '',
        [NAMES.jwtKeySet]: '',
      });
    });
  });
}
