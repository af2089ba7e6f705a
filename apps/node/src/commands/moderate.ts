import type { Command } from 'commander';
import { accountToHex } from '@vsys/crypto';
import { markFromRecord, markKey, type MarkRecord, moderatorFromRecord, moderatorKey, type Target } from '@vsys/moderation/layout';
import { describeModerator, type ModerationCall, moderationOf, type TargetOps } from '@vsys/moderation/ops';
import type { AccountId } from '@vsys/primitives';
import { AppError } from '../app-error.ts';
import { clientOf } from '../client-options.ts';
import { addDatabaseOptions } from '../database-options.ts';
import { targetText } from '../describe/moderation.ts';
import { printJson, printRows } from '../output.ts';
import { readAddress } from '../read-address.ts';
import { runWrite, type Write } from '../run-write.ts';
import { provenAt } from '../shown.ts';
import { addWaitOption } from '../signer-options.ts';
import { addModeratePolicy } from './moderate-policy.ts';
import { addTargetOptions, targetOf } from '../target-options.ts';

/** `vsys moderate …`: marks of moderators on people and data, appeals against them, and answers. */
export function addModerateCommands(program: Command): void {
  const group = program.command('moderate').description('mark people and data as a moderator, and appeal against marks');
  addDescribe(group);
  addAbout(group, 'mark', 'mark a person or data', '<reason>', 'a word: fraud, spam, illegal …', (target, reason, { note }) => target.mark(reason, note))
    .option('--note <text>', 'why, in a sentence');
  addAbout(group, 'unmark', 'take your mark off', undefined, '', (target) => target.unmark());
  addAbout(group, 'answer', 'answer the appeal against your mark', '<text>', 'what you say', (target, text) => target.answer(text));
  addAppeal(group);
  addShow(group);
  addModeratePolicy(group);
}

function addDescribe(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('describe').description('be a moderator from now on, or say another thing of yourself').argument('<description>', 'what you mark, and by which rules')))
    .option('--uri <uri>', 'where more is said', '').option('--json', 'as JSON')
    .action((description: string, { uri }: { uri: string }, command: Command) => runWrite(command, async ({ signer }) => ({
      operations: [describeModerator(description, uri)], done: 'the account is a moderator', keys: [moderatorKey(signer.account)],
      shows: ([record]) => (record === undefined ? 'it is none' : `"${moderatorFromRecord(record).description}", since height ${moderatorFromRecord(record).since}`),
    })));
}

/** What a moderator does about one target, by its own key. */
function addAbout(group: Command, name: string, description: string, argument: string | undefined, argumentText: string, call: (target: TargetOps, text: string, options: { note?: string }) => ModerationCall): Command {
  const command = addTargetOptions(addWaitOption(addDatabaseOptions(group.command(name).description(description)))).option('--json', 'as JSON');
  const act = (text: string, options: { note?: string }): Promise<void> => runWrite(command, async ({ trust, signer }) => {
    const target = await targetOf(command, trust.spec);
    return aboutMark([call(moderationOf(target), text, options)], signer.account, target);
  });
  return argument === undefined ? command.action((options: { note?: string }) => act('', options)) : command.argument(argument, argumentText).action(act);
}

function addAppeal(group: Command): void {
  const command = addTargetOptions(addWaitOption(addDatabaseOptions(group.command('appeal').description('appeal against the mark of a moderator on you, or on what you own')
    .argument('<moderator>', 'its address').argument('<text>', 'what you say')))).option('--json', 'as JSON');
  command.action((address: string, text: string) => runWrite(command, async ({ trust }) => {
    const [target, moderator] = [await targetOf(command, trust.spec), readAddress(address, trust.spec.network, '<moderator>')];
    return aboutMark([moderationOf(target).appeal(moderator, text)], moderator, target);
  }));
}

function aboutMark(operations: readonly ModerationCall[], moderator: AccountId, target: Target): Write {
  return { operations, done: `about ${targetText(target)}`, fields: { moderator: accountToHex(moderator), target: targetText(target) }, keys: [markKey(moderator, target)], shows: ([record]) => (record === undefined ? 'it is not marked' : markText(markFromRecord(record))) };
}

/** Proven: also that there is no mark. */
function addShow(group: Command): void {
  const command = addTargetOptions(addDatabaseOptions(group.command('show').description('show the mark of a moderator, with appeal and answer, or prove that there is none').argument('<moderator>', 'its address'))).option('--json', 'as JSON');
  command.action(async (address: string, { json }: { json?: boolean }) => {
    using open = await clientOf(command);
    const { spec } = open.trust;
    const [target, moderator] = [await targetOf(command, spec), readAddress(address, spec.network, '<moderator>')];
    const { values: [record], block } = await open.client.values([markKey(moderator, target)]);
    if (record === undefined) throw new AppError('NOT_FOUND', `${accountToHex(moderator)} does not mark ${targetText(target)}: ${provenAt(block)}`);
    const mark = markFromRecord(record);
    if (json) printJson({ tier: 'proven', block, moderator: accountToHex(moderator), target: targetText(target), ...jsonOf(mark) });
    else printRows([['mark', `on ${targetText(target)}, ${markText(mark)}`], ['state', provenAt(block)]]);
  });
}

function markText({ reason, note, at, appeal, answer }: MarkRecord): string {
  return [
    `marked for ${reason} at height ${at}${note === '' ? '' : `: "${note}"`}`, ...(appeal === undefined ? [] : [`${accountToHex(appeal.by)} appealed at height ${appeal.at}: "${appeal.text}"`]),
    ...(answer === undefined ? [] : [`answered at height ${answer.at}: "${answer.text}"`]),
  ].join('; ');
}

function jsonOf({ reason, note, at, appeal, answer }: MarkRecord): Readonly<Record<string, unknown>> {
  return { reason, note, at, ...(appeal === undefined ? {} : { appeal: { ...appeal, by: accountToHex(appeal.by) } }), ...(answer === undefined ? {} : { answer }) };
}
