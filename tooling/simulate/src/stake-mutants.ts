import type { Mutant, SourceChange } from './mutant.ts';

const change = (file: string, find: string, replace: string): SourceChange => ({ file: `packages/consensus-spos/src/stake/${file}`, find, replace });
const stake = (name: string, tests: string, ...changes: readonly SourceChange[]): Mutant => ({ name, area: 'execution', tools: [{ kind: 'laws', package: 'packages/consensus-spos', tests: `test/stake/(${tests})` }], changes });

/** Faults in who holds a seat, and in coins that are made, lost or counted twice. */
export const stakeMutants: readonly Mutant[] = [
  stake('coins count from the begin of their part of the window', 'minting', change('minting-balance.ts', 'late: before.late + amount * BigInt(at - part * length)', 'late: before.late')),
  stake('coins that went are counted on', 'minting', change('minting-balance.ts', 'const kept = effective < weight.effective ? takeNewest(weight, weight.effective - effective) : weight;', 'const kept = weight;')),
  stake('the deployed average multiplies first', 'minting', change('minting-balance.ts', '(effective / n) * blocks', '(effective * blocks) / n')),
  stake('what leases change is not noted', 'conservation', change('end-stake-block.ts', '...touchedAccounts(draft),', '...touchedAccounts(draft).slice(0, 0),')),
  stake('a contest that is a draw is won', 'stake.test', change('seat-operations.ts', "mine > theirs ? 'won'", "mine >= theirs ? 'won'")),
  stake('the fee of a contest is lost without a trace', 'conservation', change('seat-operations.ts', 'draft.burn(params.contendFee);', 'draft.burn(0n);')),
  stake('operations may follow a contest', 'stake.test', change('seat-operations.ts', 'if (!isLast) return', 'if (!isLast && actor.length === 0) return')),
  stake('a seat takes the key of another', 'stake.test', change('seat-operations.ts', 'owner !== undefined && !equalBytes(owner, actor)', 'owner !== undefined && owner.length === 0 && !equalBytes(owner, actor)')),
  stake('a displaced holder comes back at once', 'stake.test', change('seat-operations.ts', 'barredUntil: afterEpochs(call, params.rebar)', 'barredUntil: 0')),
  stake('the last seats are released', 'stake.test', change('seat-operations.ts', 'seats.length <= params.seatsFloor', 'seats.length < params.seatsFloor')),
  stake('a lower share holds at once', 'stake.test', change('seat-operations.ts', 'const later = permille < now &&', 'const later = permille > now &&')),
  stake('leased coins stay in the balance', 'conservation', change('lease-operations.ts', 'draft.setBalance(actor, have - amount);', 'draft.setBalance(actor, have);')),
  stake('interest is owed on after it was paid', 'conservation', change('lease-operations.ts', 'owed: interest.owed - paid', 'owed: interest.owed')),
  stake('a claim forgets where the lease stood', 'conservation', change('lease-operations.ts', 'perCoin: borrower.interest.perCoin, rest }', 'perCoin: found.value.perCoin, rest }')),
  stake('a reward reaches lessors at once', 'interest', change('interest.ts', 'blocks >= span ? interest.pot', 'blocks >= 0 ? interest.pot')),
  stake('a claim drops what is below a unit', 'interest', change('interest.ts', 'rest: scaled & ((1n << SCALE) - 1n)', 'rest: 0n')),
  stake('a convicted seat earns on', 'evidence', change('end-stake-block.ts', 'record === undefined || record.convicted ||', 'record === undefined ||')),
  stake('evidence is taken with one seal', 'evidence', change('evidence.ts', 'sealed.every(isByKey)', 'sealed.slice(0, 1).every(isByKey)')),
  stake('evidence is taken at any age', 'evidence', change('evidence-operation.ts', 'if (now - at > evidenceSlots) return', 'if (now - at > evidenceSlots + 1_000_000) return')),
  stake('evidence is taken twice', 'evidence', change('evidence-operation.ts', 'if (record.convicted) return', 'if (record.convicted && record.bond > 0n) return')),
];
