import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets Node keep compiled code between starts, which takes a start half of its processor time. In the user's own cache folder: what lies in
 * the system's folder for temporary files another user may have put there. Without such a folder it does without.
 */
export function keepCompiledCode(): void {
  try {
    enableCompileCache(join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'vsys'));
  } catch {
    // A user without a home: every start compiles.
  }
}
