import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a script of this folder that prints one number per line for each piece of work done, and kills it with SIGKILL
 * once it has printed so many lines. Resolves, after its death, to the last number that was printed whole.
 */
export function killAfterLines(script: string, args: readonly string[], lines: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', fileURLToPath(new URL(script, import.meta.url)), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.split('\n').length > lines) child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (more: string) => void (errors += more));
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      const whole = text.slice(0, text.lastIndexOf('\n') + 1).trim().split('\n');
      if (signal === 'SIGKILL') resolve(Number(whole.at(-1)));
      else reject(new Error(`the child ended by itself: ${errors}`));
    });
  });
}
