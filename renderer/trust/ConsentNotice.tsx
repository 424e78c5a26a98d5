import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import type { Context } from '../../preload/contract/clusters.ts'
import { exactText } from '../../preload/visible-text.ts'
import { t } from '../strings/t.ts'
import { Notice } from '../ui/Notice.tsx'
import { needsConsent, type TrustStore } from './store.ts'

export interface ConsentNoticeProps {
  readonly context: Context | undefined
  readonly store: TrustStore
}

/** Shown while Hangar does not connect to a context because the user has not allowed what it demands. */
export function ConsentNotice({ context, store }: ConsentNoticeProps) {
  const review = useStore(store, (state) => state.review)
  if (context === undefined || !needsConsent(context)) return null
  const runsProgram = context.consent?.items.every(({ kind }) => kind === 'program') === true
  return (
    <Notice
      tone="warn"
      role="status"
      title={t('trust.needed.title')}
      actions={
        <Button size="compact-xs" onClick={() => void review(context.id)}>
          {t('trust.needed.review')}
        </Button>
      }
    >
      <div>
        {t(runsProgram ? 'trust.needed.program' : 'trust.needed.details', { context: exactText(context.name) })}
      </div>
    </Notice>
  )
}
