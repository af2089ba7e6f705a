import { type AccountId, accept, refuse, toHex, type Verdict } from '@vsys/primitives';
import { type GasMeter, hasSigned, type StateAccess } from '@vsys/container';
import { type IdentityId, identityFromRecord, identityKey, type OrganisationRecord, type Quorum, type Rule } from './layout.ts';
import { identityGas, identityLimits as limits } from './limits.ts';

export type ActCode = 'IDENTITY_UNKNOWN' | 'IDENTITY_KEYS' | 'IDENTITY_NO_RULE' | 'IDENTITY_ROLE' | 'IDENTITY_TOO_DEEP';

/** A question to the state: who signed, and what it may cost. */
export interface Asking {
  readonly signers: readonly AccountId[];
  readonly state: StateAccess;
  readonly gas: GasMeter;
}

/** What a member does for the organisation it belongs to, as its own rules call it. */
const REPRESENT: Action = { container: 'identity', action: 'represent' };

export interface Action {
  readonly container: string;
  readonly action: string;
}

/** Whether those who signed may do this as that identity, as things stand now. */
export function mayAct(id: IdentityId, action: Action, asking: Asking): Verdict<void, ActCode> {
  return judge(id, action, asking, { left: limits.visitsMax }, 0);
}

/** How many of a list agree: accounts that signed, avatars whose keys did, organisations whose members did. */
export function countAgreeing(list: readonly IdentityId[], asking: Asking): Verdict<number, ActCode> {
  return countOf(list, asking, { left: limits.visitsMax }, 0);
}

interface Budget { left: number }

function judge(id: IdentityId, action: Action, asking: Asking, budget: Budget, depth: number): Verdict<void, ActCode> {
  if (depth > limits.depthMax) return refuse('IDENTITY_TOO_DEEP', `organisations within organisations are followed ${limits.depthMax} deep`);
  if (budget.left-- <= 0) return refuse('IDENTITY_TOO_DEEP', `one question looks at ${limits.visitsMax} identities at most`);
  asking.gas.charge(identityGas.visit);
  const record = asking.state.get(identityKey(id));
  if (record === undefined) return refuse('IDENTITY_UNKNOWN', `${toHex(id)} did not sign, and is no identity of this chain`);
  const identity = identityFromRecord(record);
  if (identity.kind === 'organisation') return judgeOrganisation(identity, action, asking, budget, depth);
  const signed = signedOf(identity.keys, asking.signers);
  if (signed >= identity.keys.threshold) return accept(undefined);
  return refuse('IDENTITY_KEYS', `${signed} of the avatar's keys signed, it needs ${identity.keys.threshold}`, { signed, needed: identity.keys.threshold });
}

function judgeOrganisation({ members, rules }: OrganisationRecord, action: Action, asking: Asking, budget: Budget, depth: number): Verdict<void, ActCode> {
  const rule = ruleFor(rules, action);
  if (rule === undefined) return refuse('IDENTITY_NO_RULE', `the organisation has no rule for ${action.container} ${action.action}`);
  const holders = members.filter(({ roles }) => roles.includes(rule.role)).map(({ id }) => id);
  const agreeing = countOf(holders, asking, budget, depth + 1);
  if (!agreeing.ok) return agreeing;
  if (agreeing.value >= rule.threshold) return accept(undefined);
  return refuse('IDENTITY_ROLE', `${agreeing.value} members with the role ${rule.role} agreed, the rule for ${rule.container} ${rule.action} needs ${rule.threshold}`, { agreeing: agreeing.value, needed: rule.threshold });
}

function countOf(list: readonly IdentityId[], asking: Asking, budget: Budget, depth: number): Verdict<number, ActCode> {
  const others = list.filter((id) => !hasSigned(id, asking.signers));
  asking.state.need(others.map(identityKey));
  let agreeing = list.length - others.length;
  for (const id of others) {
    const judged = judge(id, REPRESENT, asking, budget, depth);
    if (judged.ok) agreeing++;
    else if (judged.code === 'IDENTITY_TOO_DEEP') return judged;
  }
  return accept(agreeing);
}

/** The closest rule: of the action, else of its container, else of everything. */
export function ruleFor(rules: readonly Rule[], { container, action }: Action): Rule | undefined {
  const find = (itsContainer: string, itsAction: string): Rule | undefined => rules.find((rule) => rule.container === itsContainer && rule.action === itsAction);
  return find(container, action) ?? find(container, '*') ?? find('*', '*');
}

function signedOf({ of }: Quorum, signers: readonly AccountId[]): number {
  return of.filter((key) => hasSigned(key, signers)).length;
}
