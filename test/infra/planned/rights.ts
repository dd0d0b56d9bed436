import { describe, expect, it } from 'vitest';
import type { Deploys } from '../offline/deploy.ts';

export function plannedRights(deploys: Deploys): void {
  describe('rights', () => {
    it.each(['Input', 'Chunks', 'Finish', 'Api'])('names every action and resource of %s', (name) => {
      for (const { Effect, Action, Resource } of deploys.test.rightsOf(name)) {
        expect(Effect).toBe('Allow');
        for (const action of Action) expect(action).not.toContain('*');
        for (const resource of Resource)
          expect(resource).toMatch(/^arn:aws:(s3:::chunkflux-test-|sqs:.*:chunkflux-test-)/);
      }
    });

    it.each(['Input', 'Chunks', 'Finish'])(
      'lets %s read inputs, and write products and runs alone',
      (name) => {
        const store = deploys.test.bucket('Store').outputs.arn;
        const inputs = deploys.test.bucket('Inputs').outputs.arn;
        const where = (action: string) =>
          deploys.test
            .rightsOf(name)
            .flatMap(({ Action, Resource }) => (Action.includes(action) ? Resource : []));
        expect(where('s3:ListBucket')).toEqual([inputs, store]);
        expect(where('s3:GetObject')).toEqual([`${inputs}/*`, `${store}/products/*`, `${store}/runs/*`]);
        expect(where('s3:PutObject')).toEqual([`${store}/products/*`, `${store}/runs/*`]);
        expect(where('s3:DeleteObject')).toEqual([
          `${store}/products/*/records/*`,
          `${store}/products/*/data.zarr/*`,
          `${store}/products/*/state/first/*`,
          `${store}/products/*/state/parts/*`,
          `${store}/products/*/reductions/*`,
          `${store}/runs/*/failed/*`,
        ]);
        const s3 = deploys.test
          .rightsOf(name)
          .flatMap(({ Action }) => Action.filter((action) => action.startsWith('s3:')));
        expect(new Set(s3)).toEqual(
          new Set(['s3:ListBucket', 's3:GetObject', 's3:PutObject', 's3:DeleteObject']),
        );
      },
    );

    it('sends to the chunk queue and the own dead letters, and receives from the own queue', () => {
      const sending = deploys.test
        .rightsOf('Input')
        .filter(({ Action }) => Action.includes('sqs:SendMessage'));
      expect(sending.flatMap(({ Resource }) => Resource)).toEqual([
        deploys.test.queue('Chunks').outputs.arn,
        deploys.test.queue('InputDead').outputs.arn,
      ]);
      const receiving = deploys.test
        .rightsOf('Input')
        .filter(({ Action }) => Action.includes('sqs:ReceiveMessage'));
      expect(receiving.flatMap(({ Resource }) => Resource)).toEqual([
        deploys.test.queue('Input').outputs.arn,
      ]);
    });

    it('lets the API read the store, write zones and reductions alone, and ask the workers', () => {
      const store = deploys.test.bucket('Store').outputs.arn;
      const queue = deploys.test.queue('Chunks').outputs.arn;
      expect(deploys.test.rightsOf('Api').map(({ Action, Resource }) => [Action, Resource])).toEqual([
        [['s3:ListBucket'], [store]],
        [['s3:GetObject'], [`${store}/products/*`, `${store}/runs/*`]],
        [
          ['s3:PutObject', 's3:DeleteObject'],
          [`${store}/products/*/zones/*`, `${store}/products/*/reductions/*`],
        ],
        [['sqs:SendMessage'], [queue]],
      ]);
    });

    it('lets Lambda and the scheduler take a role, and nobody in the account', () => {
      expect(deploys.test.all('iam/role:Role')).toHaveLength(6);
      for (const { name, inputs } of deploys.test.all('iam/role:Role')) {
        const { assumeRolePolicy: trust } = inputs;
        const statements = (typeof trust === 'string' ? JSON.parse(trust) : trust).Statement;
        const service = /^(Sweep|Annual)Role$/.test(name) ? 'scheduler' : 'lambda';
        expect(statements, name).toMatchObject([{ Principal: { Service: `${service}.amazonaws.com` } }]);
        expect(JSON.stringify(trust)).not.toContain(':root');
      }
    });
  });
}
