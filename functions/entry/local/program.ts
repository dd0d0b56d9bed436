import { Command, Option } from 'commander';
import { addDev } from './commands/dev.ts';
import { addEstimate } from './commands/estimate.ts';
import { addExport } from './commands/export.ts';
import { addInspect } from './commands/inspect.ts';
import { addPlan } from './commands/plan.ts';
import { addPreview } from './commands/preview.ts';
import { addRedrive } from './commands/redrive.ts';
import { addRun } from './commands/run.ts';
import { addRuns } from './commands/runs.ts';
import { addScene } from './commands/scene.ts';
import { addServe } from './commands/serve.ts';
import { addSite } from './commands/site.ts';
import { addSources } from './commands/sources.ts';
import { addStats } from './commands/stats.ts';
import { addStatus } from './commands/status.ts';
import { addValidate } from './commands/validate.ts';
import { addWatch } from './commands/watch.ts';

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 the request or an input is wrong, 3 chunks are missing, 130 stopped by Ctrl-C.`;

/**
 * The whole command line. What a command is called and takes is a file in `commands/`; what it does is one in `actions/`, which
 * is loaded when it is called: none waits for the code of the others.
 */
export function chunkflux(): Command {
  const program = new Command('chunkflux')
    .exitOverride()
    .description('Keeps maps of land-carbon fluxes up to date in object storage.')
    .version('0.1.0')
    .addOption(
      new Option('--store <location>', 'folder or s3://bucket/prefix that holds products and runs')
        .env('CHUNKFLUX_STORE')
        .default('out'),
    )
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(chunkflux help, or chunkflux help <command>, says what there is)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  const commands = [
    addPlan,
    addRun,
    addStatus,
    addSources,
    addInspect,
    addStats,
    addValidate,
    addPreview,
    addScene,
    addSite,
    addExport,
    addServe,
    addWatch,
    addDev,
    addRuns,
    addRedrive,
    addEstimate,
  ];
  for (const add of commands) add(program);
  return program;
}
