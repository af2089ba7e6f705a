import type { ConsensusModule } from '@vsys/consensus';
import { checksUnder, consensusChecks } from '@vsys/consensus/compliance';

/** Laws by property, and which module owes which by what it declares. Markdown. */
export function lawsTable(modules: readonly ConsensusModule[]): string {
  const owed = modules.map((module) => new Set(checksUnder(module)));
  const properties = [...new Set(consensusChecks.map(({ property }) => property))].toSorted();
  const rows = properties.flatMap((property) =>
    consensusChecks.filter((check) => check.property === property).map((check) => `| ${property} | ${check.name} | ${owed.map((checks) => (checks.has(check) ? '✓' : '–')).join(' | ')} |`));
  return [
    `| property | law | ${modules.map(({ id }) => id.split('@')[0]).join(' | ')} |`,
    `|---|---|${modules.map(() => '---|').join('')}`,
    ...rows,
    `| | owed, of ${consensusChecks.length} | ${owed.map(({ size }) => size).join(' | ')} |`,
  ].join('\n');
}
