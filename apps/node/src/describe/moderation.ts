import { accountToHex } from '@vsys/crypto';
import type { ModerationOperation } from '@vsys/moderation';
import type { Target } from '@vsys/moderation/layout';
import { toHex } from '@vsys/primitives';

export function describeModeration(operation: ModerationOperation): string {
  switch (operation.kind) {
    case 'describe': return `is a moderator: "${operation.description}"${operation.uri === '' ? '' : ` (${operation.uri})`}`;
    case 'mark': return `marks ${targetText(operation.target)} for ${operation.reason}${operation.note === '' ? '' : `: "${operation.note}"`}`;
    case 'unmark': return `takes its mark off ${targetText(operation.target)}`;
    case 'appeal': return `appeals to ${accountToHex(operation.moderator)} against the mark on ${targetText(operation.target)}: "${operation.text}"`;
    case 'answer': return `answers the appeal against the mark on ${targetText(operation.target)}: "${operation.text}"`;
  }
}

export function targetText(target: Target): string {
  switch (target.kind) {
    case 'person': return accountToHex(target.account);
    case 'database': return `database ${toHex(target.database)}`;
    case 'collection': return `${target.collection} of database ${toHex(target.database)}`;
    case 'document': return `the document with the key ${toHex(target.idKey)} in ${target.collection} of database ${toHex(target.database)}`;
  }
}
