import { describe, test } from '@jest/globals';
import { containerCompliance } from '@vsys/container/compliance';
import { createAttestationContainer } from '../src/index.ts';
import { attest, closeRegistrar, registerRegistrar, removeAttestation, revokeAttestation } from '../src/ops.ts';

const [ada, bank, eve] = [1, 2, 3].map((n) => new Uint8Array(20).fill(n)) as [Uint8Array, Uint8Array, Uint8Array];

describe('attestations as a container', () => {
  containerCompliance({
    test,
    create: () => {
      const full = attest({ subject: ada, kind: 'person', level: 2, expires: 900, evidence: new Uint8Array(32).fill(7) }).payload;
      const plain = attest({ subject: ada, kind: 'person' }).payload;
      const changed = (payload: Uint8Array, at: number, byte: number): Uint8Array => payload.map((one, i) => (i === at ? byte : one));
      return {
        container: createAttestationContainer(),
        malformed: [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(6), Uint8Array.of(1), Uint8Array.of(1, 0), Uint8Array.of(1, 1), Uint8Array.of(1, 0, 0xff), Uint8Array.of(2, 0), changed(plain, 21, 0), changed(plain, 30, 2), changed(plain, 22, 0xff), changed(plain, 31, 0x41), full.slice(0, 60), revokeAttestation(ada).payload.slice(1)],
        story: [
          { payload: plain, actor: bank, becomes: 'ATTESTATION_NO_REGISTRAR' },
          { payload: closeRegistrar().payload, actor: bank, becomes: 'ATTESTATION_NO_REGISTRAR' },
          { payload: registerRegistrar('Bank of Orchid: passports, seen in person', 'https://orchid.example/kyc').payload, actor: bank, becomes: 'ok' },
          { payload: full, actor: bank, becomes: 'ok' },
          { payload: plain, actor: bank, becomes: 'ok' },
          { payload: attest({ subject: ada, kind: 'person', expires: 5 }).payload, actor: bank, becomes: 'ATTESTATION_PAST' },
          { payload: revokeAttestation(eve).payload, actor: bank, becomes: 'ATTESTATION_NONE' },
          { payload: revokeAttestation(ada).payload, actor: eve, becomes: 'ATTESTATION_NONE' },
          { payload: revokeAttestation(ada).payload, actor: bank, becomes: 'ok' },
          { payload: revokeAttestation(ada).payload, actor: bank, becomes: 'ATTESTATION_REVOKED' },
          { payload: removeAttestation(ada).payload, actor: bank, becomes: 'ok' },
          { payload: removeAttestation(ada).payload, actor: bank, becomes: 'ATTESTATION_NONE' },
          { payload: registerRegistrar('Bank of Orchid').payload, actor: bank, becomes: 'ok' },
          { payload: closeRegistrar().payload, actor: bank, becomes: 'ok' },
        ],
      };
    },
  });
});
