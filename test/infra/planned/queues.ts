import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../functions/runtime/env.ts';
import { type Deploys, statementsOf } from '../offline/deploy.ts';

export function plannedQueues(deploys: Deploys): void {
  describe('queues', () => {
    it.each([
      ['Input', FUNCTIONS.input],
      ['Chunks', FUNCTIONS.chunks],
    ])('hides a message of %s for six times what its worker may take', (name, { windowS }) => {
      const worker = deploys.test.lambda(name).inputs;
      const { visibilityTimeoutSeconds } = deploys.test.queue(name).inputs;
      expect(visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * worker.timeout + windowS);
      expect(visibilityTimeoutSeconds).toBeLessThanOrEqual(43_200); // SQS allows no more
    });

    it.each(['Input', 'Chunks'])('puts aside what %s cannot do, after the tries of its handler', (name) => {
      const { redrivePolicy, messageRetentionSeconds } = deploys.test.queue(name).inputs;
      const dead = deploys.test.queue(`${name}Dead`);
      const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(redrivePolicy);
      expect(deadLetterTargetArn).toBe(dead.outputs.arn);
      expect(maxReceiveCount).toBeGreaterThan(FUNCTIONS[name === 'Input' ? 'input' : 'chunks'].tries);
      // a message's age goes with it: the dead-letter queue has to keep it at least as long
      expect(dead.inputs.messageRetentionSeconds).toBeGreaterThanOrEqual(messageRetentionSeconds);
    });

    it('encrypts every queue', () => {
      expect(deploys.test.all('sqs/queue:Queue')).toHaveLength(4);
      for (const { inputs } of deploys.test.all('sqs/queue:Queue'))
        expect(inputs.sqsManagedSseEnabled).toBe(true);
    });

    it('tells the input queue of every new input, and lets this bucket alone do so', () => {
      expect(deploys.test.one('s3/bucketNotification:BucketNotification').inputs).toEqual({
        bucket: deploys.test.bucket('Inputs').outputs.bucket,
        queues: [{ queueArn: deploys.test.queue('Input').outputs.arn, events: ['s3:ObjectCreated:*'] }],
      });
      const policy = deploys.test.one('sqs/queuePolicy:QueuePolicy').inputs;
      expect(policy.queueUrl).toBe(deploys.test.queue('Input').outputs.url);
      expect(statementsOf(policy.policy)).toEqual([
        {
          Effect: 'Allow',
          Principal: { Service: ['s3.amazonaws.com'] },
          Action: ['sqs:SendMessage'],
          Resource: [deploys.test.queue('Input').outputs.arn],
          Condition: [
            {
              test: 'ArnEquals',
              variable: 'aws:SourceArn',
              values: [deploys.test.bucket('Inputs').outputs.arn],
            },
            { test: 'StringEquals', variable: 'aws:SourceAccount', values: ['123456789012'] },
          ],
        },
      ]);
    });
  });
}
