import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './run.ts'

type Gpg = (args: readonly string[], input?: string) => Promise<void>

/** Calls gpg with a keyring that has only this ASCII-armoured private key, in a folder that is removed afterwards. */
async function withKeyring(privateKey: string, act: (gpg: Gpg) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'hangar-signing-')) // mode 0700
  const common = ['--homedir', home, '--batch', '--pinentry-mode', 'loopback']
  const gpg: Gpg = async (args, input) => {
    const { code, stderr } = await run('gpg', [...common, ...args], { input })
    if (code !== 0) throw new Error(`gpg ended with ${code}: ${stderr}`)
  }
  try {
    await gpg(['--import'], privateKey)
    await act(gpg)
  } finally {
    await run('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']).catch(() => undefined) // there may be none
    await rm(home, { recursive: true, force: true })
  }
}

/** Writes an OpenPGP signature `FILE.asc` beside each file. Throws what gpg reports. */
export function signFiles(files: readonly string[], privateKey: string, passphrase: string): Promise<void> {
  return withKeyring(privateKey, async (gpg) => {
    for (const file of files) {
      const output = ['--yes', '--armor', '--output', `${file}.asc`, '--detach-sign', file]
      await gpg(['--passphrase-fd', '0', ...output], `${passphrase}\n`)
    }
  })
}

/** Throws for the first file whose signature beside it is missing, or not of this key and this content. */
export function verifyFiles(files: readonly string[], privateKey: string): Promise<void> {
  return withKeyring(privateKey, async (gpg) => {
    for (const file of files) await gpg(['--verify', `${file}.asc`, file])
  })
}
