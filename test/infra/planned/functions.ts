import { describe, expect, it } from 'vitest';
import { FUNCTIONS, NAMES, taskMemoryMB } from '../../../functions/runtime/env.ts';
import type { Deploys } from '../offline/deploy.ts';

export function plannedFunctions(deploys: Deploys): void {
  describe('functions', () => {
    it.each([
      ['Input', FUNCTIONS.input],
      ['Chunks', FUNCTIONS.chunks],
      ['Finish', FUNCTIONS.finish],
      ['Api', FUNCTIONS.api],
    ])('gives %s its memory and time, on arm64 and Node 24', (name, { memoryMB, timeoutS }) => {
      expect(deploys.test.lambda(name).inputs).toMatchObject({
        runtime: 'nodejs24.x',
        architectures: ['arm64'],
        memorySize: memoryMB,
        timeout: timeoutS,
        handler: 'bundle.handler',
        loggingConfig: { logFormat: 'JSON' },
      });
      expect(timeoutS).toBeLessThanOrEqual(900); // Lambda allows no more
    });

    it('lets the planner fill no more memory than a worker has', () => {
      const { memorySize } = deploys.test.lambda('Chunks').inputs;
      expect(Number(deploys.test.variablesOf('Input')[NAMES.memoryMB])).toBe(taskMemoryMB);
      expect(taskMemoryMB).toBeLessThan(memorySize);
      expect(taskMemoryMB).toBeGreaterThan(0.8 * memorySize);
    });

    it.each(['Input', 'Chunks', 'Finish'])('keeps the heap of %s within its memory', (name) => {
      const { NODE_OPTIONS = '' } = deploys.test.variablesOf(name);
      const mb = (flag: string) => Number(new RegExp(`--${flag}=(\\d+)`).exec(NODE_OPTIONS)?.[1]);
      const heap = mb('max-old-space-size') + 3 * mb('max-semi-space-size');
      expect(heap).toBeGreaterThanOrEqual(taskMemoryMB); // what a plan may give can be held
      expect(heap).toBeLessThan(deploys.test.lambda(name).inputs.memorySize);
    });

    it.each(['Input', 'Chunks'])('hands %s batches of which one message may fail alone', (name) => {
      const mapping = deploys.test.one(
        'lambda/eventSourceMapping:EventSourceMapping',
        new RegExp(`^${name}`),
      ).inputs;
      const { batch, windowS, concurrency } = FUNCTIONS[name === 'Input' ? 'input' : 'chunks'];
      expect(mapping).toEqual({
        eventSourceArn: deploys.test.queue(name).outputs.arn,
        functionName: deploys.test.lambda(name).outputs.arn,
        functionResponseTypes: ['ReportBatchItemFailures'],
        batchSize: batch,
        maximumBatchingWindowInSeconds: windowS,
        scalingConfig: { maximumConcurrency: concurrency },
      });
      expect(concurrency).toBeGreaterThanOrEqual(2); // AWS refuses 1
      if (batch > 10) expect(windowS, 'AWS wants a window for batches of more than ten').toBeGreaterThan(0);
    });

    it('lets the deploy set how many places are done at a time', () => {
      const mapping = deploys.production.one('lambda/eventSourceMapping:EventSourceMapping', /^Chunks/);
      expect(mapping.inputs.scalingConfig).toEqual({ maximumConcurrency: 200 });
    });

    it.each(['Input', 'Chunks', 'Finish'])(
      'hands %s the budget that was set at the deploy, or none',
      (name) => {
        expect(deploys.test.variablesOf(name)[NAMES.budget]).toBe('');
        expect(deploys.production.variablesOf(name)[NAMES.budget]).toBe('12.5');
      },
    );

    it.each([
      ['Input', 'InputDead'],
      ['Chunks', 'ChunksDead'],
      ['Finish', 'ChunksDead'],
    ])('tells %s where everything is', (name, dead) => {
      expect(deploys.test.variablesOf(name)).toMatchObject({
        [NAMES.store]: `s3://${deploys.test.bucket('Store').outputs.bucket}`,
        [NAMES.inputs]: `s3://${deploys.test.bucket('Inputs').outputs.bucket}`,
        [NAMES.chunkQueue]: deploys.test.queue('Chunks').outputs.url,
        [NAMES.deadLetters]: deploys.test.queue(dead).outputs.url,
        [NAMES.service]: 'chunkflux-test',
      });
    });
  });

  describe('schedules', () => {
    it.each([
      ['Sweep', 'rate(15 minutes)', { kind: 'sweep' }],
      ['Annual', 'cron(0 3 15 1 ? *)', { kind: 'annual' }],
    ])('calls the finishing function: %s', (name, when, event) => {
      const { inputs } = deploys.test.one('scheduler/schedule:Schedule', new RegExp(`^${name}Schedule$`));
      expect(inputs).toMatchObject({
        scheduleExpression: when,
        state: 'ENABLED',
        target: {
          arn: deploys.test.lambda('Finish').outputs.arn,
          input: JSON.stringify(event),
          retryPolicy: { maximumRetryAttempts: 2 },
          deadLetterConfig: { arn: deploys.test.queue('ChunksDead').outputs.arn },
        },
      });
    });
  });
}
