import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import type { Keychain } from '../../main/vault/keychain.ts'

/**
 * Re-keys the vault in HOME, but kills itself before its Nth change of a file or of the keychain:
 * `node killed.ts HOME N keychain|passphrase`. Ends with 0 if it needs fewer changes.
 */
const [home = '', limit = '', backend = ''] = process.argv.slice(2)
let changes = 0
const count = (): void => {
  changes += 1
  if (changes >= Number(limit)) process.kill(process.pid, 'SIGKILL')
}
const counted = <Call extends (...given: never[]) => unknown>(call: Call): Call =>
  ((...given: Parameters<Call>) => {
    count()
    return call(...given)
  }) as Call // the same signature

const rekeyPassphrase = 'a long enough passphrase'
const { createVault } = await import('../../main/vault/vault.ts')
const { fileKeychain, noKeychain } = await import('./stand-ins.ts')
const real = fileKeychain(join(home, 'keychain.json'))
const keychain: Keychain =
  backend === 'passphrase' ? noKeychain : { ...real, write: counted(real.write), remove: counted(real.remove) }
const vault = createVault({ home, service: 'hangar-test', keychain })
if (backend === 'passphrase') await vault.unlock({ passphrase: rekeyPassphrase })
Object.assign(fs, { rename: counted(fs.rename), rm: counted(fs.rm), open: counted(fs.open) })
syncBuiltinESMExports()
await vault.destroyKey('logs:purged')
