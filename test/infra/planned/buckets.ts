import { describe, expect, it } from 'vitest';
import { type Deploys, statementsOf } from '../offline/deploy.ts';

export function plannedBuckets(deploys: Deploys): void {
  describe('buckets', () => {
    it.each(['Inputs', 'Store'])('keeps %s private, encrypted, versioned and off the web', (name) => {
      const { bucket: id } = deploys.test.bucket(name).outputs;
      expect(
        deploys.test.one('s3/bucketPublicAccessBlock:BucketPublicAccessBlock', new RegExp(`^${name}`)).inputs,
      ).toEqual({
        bucket: id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
      expect(
        deploys.test.one(
          's3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
          new RegExp(`^${name}`),
        ).inputs,
      ).toEqual({ bucket: id, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] });
      expect(
        deploys.test.one('s3/bucketVersioning:BucketVersioning', new RegExp(`^${name}`)).inputs,
      ).toMatchObject({
        bucket: id,
        versioningConfiguration: { status: 'Enabled' },
      });
      expect(deploys.test.all('s3/bucketCorsConfiguration:BucketCorsConfiguration')).toEqual([]);
    });

    it.each(['Inputs', 'Store'])(
      'grants nobody anything by the policy of %s, and nothing without TLS',
      (name) => {
        const statements = statementsOf(
          deploys.test.one('s3/bucketPolicy:BucketPolicy', new RegExp(`^${name}`)).inputs.policy,
        );
        expect(statements.map(({ Effect }) => Effect)).toEqual(['Deny']);
        expect(statements[0]!.Condition).toEqual([
          { test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] },
        ]);
      },
    );

    it('deletes old runs, and never what says which run is current', () => {
      const { rules } = deploys.test.one(
        's3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
        /^Store/,
      ).inputs;
      const expiring = rules.filter((rule: { expiration?: { days?: number } }) => rule.expiration?.days);
      expect(expiring).toMatchObject([{ filter: { prefix: 'runs/2' }, expiration: { days: 400 } }]);
      const { prefix } = expiring[0].filter;
      expect('runs/20261122T010203-munich-0a1b2c/plan.json'.startsWith(prefix)).toBe(true);
      for (const kept of [
        'runs/current/munich.json',
        'runs/journal/x.json',
        'products/munich/product.json',
      ]) {
        expect(kept.startsWith(prefix), kept).toBe(false);
      }
    });

    it('never deletes an input by age; versions that were replaced go after a month', () => {
      const { rules } = deploys.test.one(
        's3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
        /^Inputs/,
      ).inputs;
      expect(rules.map(({ id }: { id: string }) => id)).toEqual([
        'noncurrent-versions',
        'unfinished-uploads',
      ]);
      expect(rules[0]).toMatchObject({
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        expiration: { expiredObjectDeleteMarker: true },
      });
    });

    it('is emptied with its stage, but never in production', () => {
      for (const name of ['Inputs', 'Store']) {
        expect(deploys.test.bucket(name).inputs.forceDestroy).toBe(true);
        expect(deploys.production.bucket(name).inputs.forceDestroy).toBe(false);
      }
    });
  });
}
