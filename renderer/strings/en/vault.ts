export const vault = {
  noKeychain: 'No system keychain is available: {reason}',
  newTitle: 'New vault passphrase',
  newDetails:
    'The passphrase protects the credentials and the key of the collected logs on this computer. It cannot be recovered: without it, both are lost.',
  lockedTitle: 'Vault passphrase',
  lockedDetails: 'Credentials and collected logs on this computer are encrypted. Enter the passphrase to access them.',
  keychainDetails: 'The vault is locked. The system keychain can open it again.',
  passphrase: 'Passphrase',
  confirmation: 'Confirm passphrase',
  minimum: 'At least {length, number} characters',
  tooShort: 'Enter at least {length, number} characters.',
  mismatch: 'The passphrases do not match.',
  show: 'Show passphrase',
  showConfirmation: 'Show confirmation',
  set: 'Set passphrase',
  unlock: 'Unlock vault',
} as const
