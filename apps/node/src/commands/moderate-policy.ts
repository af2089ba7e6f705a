import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { accountToHex, verifySignature } from '@vsys/crypto';
import { chainId as chainIdOf } from '@vsys/data-format';
import { policyFromJson, policyToJson, type SignedPolicy, signPolicy } from '@vsys/moderation/policy';
import { equalBytes, hasCode, toHex } from '@vsys/primitives';
import { AppError } from '../app-error.ts';
import { addClientOptions, specFileOf } from '../client-options.ts';
import { printJson, printRows } from '../output.ts';
import { readAddress } from '../read-address.ts';
import { readSpecFile } from '../spec-file.ts';
import { wholeNumber } from '../read-value.ts';
import { addKeyOption, signerOf } from '../signer-options.ts';

/** `vsys moderate policy sign|check FILE`: a signed list of whom somebody honours. Needs no node. */
export function addModeratePolicy(group: Command): void {
  const policy = group.command('policy').description('sign a list of the moderators and registrars that you honour, or check one; without a node');
  const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
  addKeyOption(addClientOptions(policy.command('sign').description('write a policy that your key signs').argument('<file>', 'to be made')))
    .requiredOption('--name <text>', 'for people').option('--revision <number>', 'above that of your last one', wholeNumber(0), 0)
    .option('--moderator <address>', 'whom you honour, the first one first; may be given again', collect).option('--registrar <address>', 'likewise', collect).option('--json', 'as JSON')
    .action(async (file: string, { name, revision, moderator = [], registrar = [], json }: { name: string; revision: number; moderator?: readonly string[]; registrar?: readonly string[]; json?: boolean }, command: Command) => {
      const spec = await readSpecFile(specFileOf(command));
      const ids = (addresses: readonly string[], what: string): readonly Uint8Array[] => addresses.map((address) => readAddress(address, spec.network, what));
      const signed = signPolicy({ chainId: chainIdOf(spec), name, revision, moderators: ids(moderator, '--moderator'), registrars: ids(registrar, '--registrar') }, await signerOf(command));
      if (!signed.ok) throw new AppError('USAGE', `${signed.code}: ${signed.message}`);
      await writeFile(file, policyToJson(signed.value), { flag: 'wx' }).catch((cause: unknown) => {
        if (hasCode(cause, 'EEXIST')) throw new AppError('FILE_EXISTS', `${file} exists already; choose another file, or remove it first`);
        throw new AppError('DATA_FILE', `cannot write ${file}: ${String((cause as Error).message)}`, { cause });
      });
      show(signed.value, json);
    });
  addClientOptions(policy.command('check').description('check that a policy is of this chain and as it was signed, and show it').argument('<file>', 'policy')).option('--json', 'as JSON')
    .action(async (file: string, { json }: { json?: boolean }, command: Command) => {
      const text = await readFile(file, 'utf8').catch((cause: unknown) => { throw new AppError('DATA_FILE', `cannot read ${file}; check the path`, { cause }); });
      const read = policyFromJson(text, verifySignature);
      if (!read.ok) throw new AppError('DATA_FILE', `${file}: ${read.code}: ${read.message}`);
      if (!equalBytes(read.value.chainId, chainIdOf(await readSpecFile(specFileOf(command))))) throw new AppError('DATA_FILE', `${file} is a policy for the chain ${toHex(read.value.chainId)}, which is another one; name its spec with --spec`);
      show(read.value, json);
    });
}

function show({ name, revision, signer, moderators, registrars, chainId }: SignedPolicy, json: boolean | undefined): void {
  const [by, marks, attests] = [accountToHex(signer), moderators.map(accountToHex), registrars.map(accountToHex)];
  if (json) printJson({ chainId: toHex(chainId), name, revision, signer: by, moderators: marks, registrars: attests });
  else printRows([['policy', `"${name}", revision ${revision}`], ['signed by', by], ['moderators', marks.join(', ') || 'none'], ['registrars', attests.join(', ') || 'none']]);
}
