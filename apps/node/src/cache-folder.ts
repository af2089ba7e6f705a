import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where `vsys` keeps what costs time and no more when it is gone: `$XDG_CACHE_HOME/vsys`, or `~/.cache/vsys`. The user's own, since another user may put
 * anything into the system's folder for temporary files. Undefined for a user without a home.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { XDG_CACHE_HOME: named } = environment;
  try {
    // Relative ones are to be passed over, says the base directory specification.
    return join(named !== undefined && isAbsolute(named) ? named : join(homedir(), '.cache'), 'vsys');
  } catch {
    return undefined;
  }
}
