import { accept, type Verdict } from '@vsys/primitives';
import { type Container, operationCalls, type OperationContext } from '@vsys/container';
import { burn, type FungibleCode, issue, pause, setList, transfer } from './fungible.ts';
import { accountObjectId, allowedKey, frozenKey, TOKEN, tokenBalanceKey, tokenKey } from './layout.ts';
import { tokenGas } from './limits.ts';
import { acceptOffer, createAccount, createFungible, createNonFungible, destroy, offer } from './object.ts';
import { operationFromPayload, type TokenOperation, type TokenPayloadCode } from './operation.ts';

export type TokenCode = TokenPayloadCode | FungibleCode;

/** Tokens of a chain beside its coin: fungibles under the rules of their issuer, non-fungibles, and accounts that hold fungibles. */
export function createTokenContainer(): Container {
  return {
    name: TOKEN,
    version: 1,
    ...operationCalls<TokenOperation>({
      read: operationFromPayload,
      touches: touchedBy,
      actionOf: ({ kind }) => kind,
      gasOf: (_, payload) => tokenGas.operation + tokenGas.payloadByte * BigInt(payload.length),
      run,
    }),
  };
}

function touchedBy(operation: TokenOperation, actor: Uint8Array): readonly Uint8Array[] {
  switch (operation.kind) {
    case 'createFungible': case 'createNonFungible': return [];
    case 'createAccount': return [tokenKey(accountObjectId(actor, operation.name))];
    case 'issue': return [tokenKey(operation.token), tokenBalanceKey(operation.token, operation.to), allowedKey(operation.token, operation.to)];
    case 'transfer': {
      const { token, from, to } = operation;
      return [tokenKey(token), tokenKey(from), tokenBalanceKey(token, from), tokenBalanceKey(token, to), frozenKey(token, from), allowedKey(token, to)];
    }
    case 'burn': return [tokenKey(operation.token), tokenKey(operation.from), tokenBalanceKey(operation.token, operation.from), frozenKey(operation.token, operation.from)];
    case 'freeze': case 'allow': case 'pause': return [tokenKey(operation.token)];
    default: return [tokenKey(operation.object)];
  }
}

/** What makes an object answers its id. */
function run(operation: TokenOperation, context: OperationContext): Verdict<Uint8Array, TokenCode> {
  switch (operation.kind) {
    case 'createFungible': return accept(createFungible(operation, context));
    case 'createNonFungible': return accept(createNonFungible(operation, context));
    case 'createAccount': return createAccount(operation, context);
    case 'issue': return done(issue(operation, context));
    case 'transfer': return done(transfer(operation, context));
    case 'burn': return done(burn(operation, context));
    case 'freeze': case 'allow': return done(setList(operation, context));
    case 'pause': return done(pause(operation, context));
    case 'offer': return done(offer(operation, context));
    case 'accept': return done(acceptOffer(operation, context));
    case 'destroy': return done(destroy(operation, context));
  }
}

function done<Code extends TokenCode>(verdict: Verdict<void, Code>): Verdict<Uint8Array, Code> {
  return verdict.ok ? accept(new Uint8Array()) : verdict;
}
