import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The table of laws in docs/testing.md must be the one that the sources give: asked of the program behind `npm run laws`. */
export function lawsProblems(root) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', join(root, 'apps/node/src/vsys.ts'), 'consensus', 'laws', '--modules', join(root, 'examples/consensus-pow/src/index.ts')], { encoding: 'utf8' });
  if (status !== 0) return [`npm run laws: the table cannot be made: ${stderr.trim().split('\n').at(-1)}`];
  const isThere = readFileSync(join(root, 'docs/testing.md'), 'utf8').includes(`\n${stdout.trim()}\n`);
  return isThere ? [] : ['docs/testing.md: the table of laws is not the one that `npm run laws` prints'];
}
