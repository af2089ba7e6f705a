import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

export const CHROMIUM: string = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** A real Chromium that reaches nothing but this machine; undefined where there is none. */
export async function launchChromium(): Promise<Browser | undefined> {
  if (!existsSync(CHROMIUM)) return undefined;
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] });
}

export const NO_CHROMIUM: string = `there is no Chromium at ${CHROMIUM}: the page is skipped; CHROMIUM names another place`;
