import { accept, type Verdict } from '@vsys/primitives';
import { type Container, operationCalls, type OperationContext } from '@vsys/container';
import { ATTESTATION, attestationKey, registrarKey } from './layout.ts';
import { attestationGas } from './limits.ts';
import { type AttestationOperation, type AttestationPayloadCode, operationFromPayload } from './operation.ts';
import { attest, close, register, type RegistrarCode, remove, revoke } from './registrar.ts';

export type AttestationCode = AttestationPayloadCode | RegistrarCode;

/** Registrars of a chain, and what they attest of keys and identities. It decides nothing: a database, or who reads, says which registrars count. */
export function createAttestationContainer(): Container {
  return {
    name: ATTESTATION,
    version: 1,
    ...operationCalls<AttestationOperation>({
      read: operationFromPayload,
      touches: (operation, actor) => 'subject' in operation ? [registrarKey(actor), attestationKey(actor, operation.subject)] : [registrarKey(actor)],
      actionOf: ({ kind }) => kind,
      gasOf: (_, payload) => attestationGas.operation + attestationGas.payloadByte * BigInt(payload.length),
      run(operation, context) {
        const done = run(operation, context);
        return done.ok ? accept(new Uint8Array()) : done;
      },
    }),
  };
}

function run(operation: AttestationOperation, context: OperationContext): Verdict<void, RegistrarCode> {
  switch (operation.kind) {
    case 'register': return register(operation, context);
    case 'close': return close(context);
    case 'attest': return attest(operation, context);
    case 'revoke': return revoke(operation, context);
    case 'remove': return remove(operation, context);
  }
}
