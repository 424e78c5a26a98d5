import { t } from '../strings/t.ts'
import classes from './Vault.module.css'

/** Why there is no keychain: technical, and seldom of use. */
export const VaultReason = ({ reason }: { readonly reason: string }) => (
  <details className={classes.reason}>
    <summary>{t('vault.why')}</summary>
    <div>{t('vault.noKeychain', { reason })}</div>
  </details>
)
