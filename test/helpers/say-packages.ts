/** Loaded before a program (`node --import`): prints the packages that it loaded, as JSON on standard error, when it ends. */
import { registerHooks } from 'node:module';

const packages = new Set<string>();
registerHooks({
  load(url, context, next) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
    if (name) packages.add(name);
    return next(url, context);
  },
});
process.on('exit', () => console.error(JSON.stringify([...packages].toSorted())));
