import type { Command } from 'commander';
import type { Options } from '../actions/plan.ts';

export function addPlan(program: Command): void {
  program
    .command('plan')
    .description('say what a run would read, compute and need; writes nothing, reads no pixel')
    .argument('<spec>', 'spec file, YAML or JSON')
    .option('--json', 'the whole plan as JSON')
    .action(async (specPath: string, options: Options) => {
      const { showPlan } = await import('../actions/plan.ts');
      await showPlan(specPath, options, program.opts().store);
    });
}
