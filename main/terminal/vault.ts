import { Problem } from '../../preload/contract/problem.ts'
import type { VaultStatus } from '../../preload/contract/vault.ts'
import type { Command, Terminal } from './command.ts'
import { openVault } from './plane.ts'
import { printMessage } from './print.ts'

export const vaultCommand: Command = {
  name: 'vault',
  usage: '[action]',
  summary: 'the vault of this computer: status (default), lock, or rekey',
  options: [
    { flags: '--passphrase-file <file>', help: 'file with the vault’s passphrase, where there is no keychain' },
  ],
  async run(terminal, [action = 'status'], options, signal) {
    const { vault } = await terminal.client()
    if (action === 'status') print(terminal, await vault.status())
    else if (action === 'lock') {
      await vault.lock()
      printMessage(terminal, 'The vault is locked in every running Hangar. Log collections continue.')
    } else if (action === 'rekey') {
      await openVault(terminal, options, signal)
      await vault.rekey()
      printMessage(terminal, 'The vault has a new key. Earlier copies of its file do not open any more.')
    } else throw new Problem('USAGE_INVALID', `"${action}" is not an action of the vault: status, lock or rekey.`)
    return 0
  },
}

function print(terminal: Terminal, { backend, state, reason }: VaultStatus): void {
  terminal.stdout.write(`${state} (${backend})\n`)
  if (reason !== '') printMessage(terminal, reason)
}
