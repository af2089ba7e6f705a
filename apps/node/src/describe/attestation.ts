import type { AttestationOperation } from '@vsys/attestation';
import { accountToHex } from '@vsys/crypto';

export function describeAttestation(operation: AttestationOperation): string {
  switch (operation.kind) {
    case 'register': return `is a registrar from now on: "${operation.description}"${operation.uri === '' ? '' : ` (${operation.uri})`}`;
    case 'close': return 'is no registrar any more, and nothing that it attested counts';
    case 'attest': return `attests ${accountToHex(operation.subject)} as ${operation.word}, level ${operation.level}${operation.expires === undefined ? '' : `, up to height ${operation.expires}`}`;
    case 'revoke': return `revokes what it attested of ${accountToHex(operation.subject)}`;
    case 'remove': return `removes what it attested of ${accountToHex(operation.subject)}`;
  }
}
