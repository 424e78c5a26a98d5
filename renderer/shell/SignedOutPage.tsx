import type { SignedOutReason } from '../lib/link.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { Blank } from '../ui/Blank.tsx'
import classes from './SignedOutPage.module.css'

/** Replaces the window while the browser host has no session for it: why, and how to open a new one. */
export function SignedOutPage({ reason }: { readonly reason: SignedOutReason }) {
  return (
    <main role="alert">
      <Blank title={t(`shell.signedOut.${reason}`)}>
        {t(`shell.signedOut.details.${reason}`)}{' '}
        <span className={classes.next}>
          <Rich message="shell.signedOut.next" />
        </span>
      </Blank>
    </main>
  )
}
