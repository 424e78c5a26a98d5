import type { SignedOutReason } from '../lib/link.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import classes from './SignedOutPage.module.css'

/** Replaces the window while the browser host has no session for it: why, and how to open a new one. */
export function SignedOutPage({ reason }: { readonly reason: SignedOutReason }) {
  return (
    <main role="alert">
      <EmptyState drawing="unplugged" title={t(`shell.signedOut.${reason}`)}>
        {t(`shell.signedOut.details.${reason}`)}{' '}
        <span className={classes.next}>
          <Rich message="shell.signedOut.next" />
        </span>
      </EmptyState>
    </main>
  )
}
