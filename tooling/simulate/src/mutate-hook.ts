import { registerHooks } from 'node:module';
import { mutateSource, MUTANT_VARIABLE, type SourceChange } from './mutant.ts';

/** Loaded with `--import` before anything else: hands sources out with the changes of one mutant. */
const changes = JSON.parse(process.env[MUTANT_VARIABLE] ?? '[]') as readonly SourceChange[];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    return changes.some(({ file }) => url.endsWith(`/${file}`)) ? { ...loaded, source: mutateSource(changes, url, String(loaded.source)) } : loaded;
  },
});
