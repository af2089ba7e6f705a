import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What a text imports, by statement, `import()` or `require()`: names as written, and whether only types are taken, which are gone when it runs. */
export function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  const statements = /^(?:(?:import|export)\b(\s+type\b)?[^'`;]*?\bfrom|import)\s+'([^']+)'|\bimport\(\s*'([^']+)'|\brequire\('([^']+)'|\bcreateRequire\(import\.meta\.url\)(?:\.resolve)?\('([^']+)'/gm;
  return [...code.matchAll(statements)].map(([, type, stated, ...called]) => ({ name: stated ?? called.find((name) => name !== undefined), typesOnly: type !== undefined }));
}

/** The package of an import: `@vsys/state` of `@vsys/state/proof`. */
export function packageOf(name) {
  return name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/');
}

/** All files below a folder, without what was installed or built. */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? (['node_modules', 'dist'].includes(entry.name) ? [] : filesBelow(join(folder, entry.name))) : [join(folder, entry.name)]);
}
