import type { ConsensusModule, VerifySignature } from '@vsys/consensus';
import { checksUnder, consensusChecks } from '@vsys/consensus/compliance';
import type { Declared } from '@vsys/consensus/compliance';
import { createBft } from '@vsys/consensus-bft';
import { createEras } from '@vsys/consensus-eras';
import { createPoa } from '@vsys/consensus-poa';
import { createSpos } from '@vsys/consensus-spos';

export interface ListedModule {
  readonly name: string;
  readonly declared: Declared;
  /** Where its suite is run, from the root. */
  readonly folder: string;
}

/** Imported by its file, as a node does with a module that it does not know. */
const POW = '../../../examples/consensus-pow/src/index.ts';

/** What a module declares is read without a signature. */
const verifySignature: VerifySignature = () => false;

/** The modules of this repository, the one written from outside included. */
export async function listedModules(): Promise<readonly ListedModule[]> {
  const { consensusModules } = (await import(POW)) as { consensusModules: (parts: { readonly verifySignature: VerifySignature }) => readonly ConsensusModule[] };
  const inside = [createPoa({ verifySignature }), createSpos({ verifySignature }), createBft({ verifySignature })] as ConsensusModule[];
  const eras = createEras({ modules: inside }) as ConsensusModule;
  const nameOf = ({ id }: ConsensusModule): string => id.split('@')[0] as string;
  return [
    ...[...inside, eras].map((module) => ({ name: nameOf(module), declared: module, folder: `packages/consensus-${nameOf(module)}` })),
    ...consensusModules({ verifySignature }).map((module) => ({ name: nameOf(module), declared: module, folder: `examples/consensus-${nameOf(module)}` })),
  ];
}

/** Laws by property, and which module owes which by what it declares. Markdown. */
export function lawsTable(modules: readonly ListedModule[]): string {
  const owed = modules.map(({ declared }) => new Set(checksUnder(declared)));
  const properties = [...new Set(consensusChecks.map(({ property }) => property))].toSorted();
  const rows = properties.flatMap((property) =>
    consensusChecks.filter((check) => check.property === property).map((check) => `| ${property} | ${check.name} | ${owed.map((checks) => (checks.has(check) ? '✓' : '–')).join(' | ')} |`));
  const counts = owed.map(({ size }) => String(size));
  return [
    `| property | law | ${modules.map(({ name }) => name).join(' | ')} |`,
    `|---|---|${modules.map(() => '---|').join('')}`,
    ...rows,
    `| | owed, of ${consensusChecks.length} | ${counts.join(' | ')} |`,
  ].join('\n');
}
