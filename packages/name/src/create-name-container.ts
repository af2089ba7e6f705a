import { accept, CodedError, type Verdict } from '@vsys/primitives';
import { type Container, operationCalls, type OperationContext } from '@vsys/container';
import { balanceKey, COIN } from '@vsys/transaction';
import { acceptOffer, buy, clearTarget, forgetReservations, type GlobalNameCode, offer, redeem, renew, reserve, reveal, setPrimary, setTarget } from './global-names.ts';
import { localKey, NAME, nameKey, PARAMS_KEY, queueKey, reservationKey, skeletonKey } from './layout.ts';
import { nameGas } from './limits.ts';
import { skeletonOf } from './name-form.ts';
import { nameParamsFromBytes, nameParamsToBytes } from './name-params.ts';
import { type NameOperation, type NamePayloadCode, operationFromPayload } from './operation.ts';

export type NameCode = NamePayloadCode | GlobalNameCode;

/** Thrown at genesis by a spec whose parameters do not hold. */
export class NameParamsError extends CodedError<'NAME_PARAMS'> {}

/** Names of a chain: local under every owner; global ones by reservation and reveal, for a term. */
export function createNameContainer(): Container {
  return {
    name: NAME,
    version: 1,
    alsoWrites: [COIN],
    ...operationCalls<NameOperation>({
      read: operationFromPayload,
      touches: (operation, actor, { height }) => touchedBy(operation, actor, height),
      actionOf: ({ kind }) => kind,
      gasOf: (_, payload) => nameGas.operation + nameGas.payloadByte * BigInt(payload.length),
      run(operation, context) {
        const done = run(operation, context);
        return done.ok ? accept(new Uint8Array()) : done;
      },
    }),
    endBlock: ({ block, state }) => forgetReservations(state, block.height),
    genesis(params) {
      const read = nameParamsFromBytes(params);
      if (!read.ok) throw new NameParamsError(read.code, read.message);
      return [{ key: PARAMS_KEY, value: nameParamsToBytes(read.value) }];
    },
  };
}

function touchedBy(operation: NameOperation, actor: Uint8Array, height: number): readonly Uint8Array[] {
  if (operation.kind === 'reserve') return [reservationKey(operation.commitment), queueKey(height)];
  if (operation.kind === 'setLocal' || operation.kind === 'clearLocal') return [localKey(actor, operation.name)];
  return [PARAMS_KEY, nameKey(operation.name), balanceKey(actor), ...(operation.kind === 'reveal' ? [skeletonKey(skeletonOf(operation.name))] : [])];
}

function run(operation: NameOperation, context: OperationContext): Verdict<void, NameCode> {
  switch (operation.kind) {
    case 'reserve': return reserve(operation, context);
    case 'reveal': return reveal(operation, context);
    case 'renew': return renew(operation, context);
    case 'redeem': return redeem(operation, context);
    case 'buy': return buy(operation, context);
    case 'offer': return offer(operation, context);
    case 'accept': return acceptOffer(operation, context);
    case 'setTarget': return setTarget(operation, context);
    case 'clearTarget': return clearTarget(operation, context);
    case 'setPrimary': return setPrimary(operation, context);
    case 'setLocal': return writeLocal(operation.name, operation.to, context);
    case 'clearLocal': return writeLocal(operation.name, undefined, context);
  }
}

/** Everyone names what they like for themselves: no rule but the form. */
function writeLocal(name: string, to: Uint8Array | undefined, { state, actor, gas }: OperationContext): Verdict<void, never> {
  gas.charge(nameGas.keyWrite);
  state.set(localKey(actor, name), to);
  return accept(undefined);
}
