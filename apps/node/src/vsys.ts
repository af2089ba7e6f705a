import { flushCompileCache } from 'node:module';
import { keepCompiledCode } from './keep-compiled-code.ts';

// What is imported before is compiled at every start.
keepCompiledCode();
const { createProgram } = await import('./create-program.ts');
const { reportError } = await import('./report-error.ts');
const { carryModules, modulesOfEnvironment } = await import('./carry-modules.ts');
// A node that is killed would never write it.
flushCompileCache();

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exitCode = error.code === 'EPIPE' ? 0 : reportError(error);
});

try {
  // Before the program is made: its options tell which modules there are.
  await carryModules(modulesOfEnvironment(), process.cwd());
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
