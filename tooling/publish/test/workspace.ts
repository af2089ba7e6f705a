import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = join(dirname(fileURLToPath(import.meta.url)), '../../..');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** A package that anybody may install, by its folder from the root. */
export interface PublicPackage { readonly folder: string; readonly manifest: Manifest }

export const publicPackages: readonly PublicPackage[] = ['packages', 'apps']
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
  .filter((folder) => existsSync(join(root, folder, 'package.json')))
  .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest }))
  .filter(({ manifest }) => manifest.private !== true);

/** What a consumer can import as code: `@vsys/state`, `@vsys/state/proof`, and so on. Vectors are data, exported by a pattern. */
export const entries: readonly string[] = publicPackages.flatMap(({ manifest }) =>
  Object.keys(manifest.exports).filter((entry) => entry !== './package.json' && entry !== './vectors/*.json').map((entry) => manifest.name + entry.slice(1)));

/** Names of the vector files of a package, without their ending. */
export function vectorsOf({ folder, manifest }: PublicPackage): readonly string[] {
  return manifest.exports['./vectors/*.json'] === undefined ? [] : readdirSync(join(root, folder, 'vectors')).map((file) => file.replace(/\.json$/, ''));
}

/** The first TypeScript of a README, as a reader would paste it. */
export function exampleOf(folder: string): string {
  const text = readFileSync(join(root, folder, 'README.md'), 'utf8');
  const found = /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1];
  if (found === undefined) throw new Error(`${folder}/README.md has no example`);
  return found;
}
