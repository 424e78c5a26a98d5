import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { reasonToApprove } from '../../preload/profile-difference.ts'
import { exactText } from '../../preload/visible-text.ts'
import { t } from '../strings/t.ts'
import { Notice } from '../ui/Notice.tsx'
import type { ProfileChangeStore } from './profileChange.ts'

/** Shown while a plane does nothing with its profile, because the user has not approved what changed in it. */
export function ProfileChangeNotice({
  planeId,
  store,
}: {
  readonly planeId: string
  readonly store: ProfileChangeStore
}) {
  const { change, review } = useStore(store)
  if (change?.planeId !== planeId) return null
  const reason = reasonToApprove(change)
  return (
    <Notice
      tone="warn"
      role="status"
      title={t(`planes.change.needed.title.${reason}`)}
      actions={
        <Button size="compact-xs" onClick={() => void review(planeId)}>
          {t('planes.change.needed.review')}
        </Button>
      }
    >
      <div>{t(`planes.change.needed.details.${reason}`, { profile: exactText(change.profile) })}</div>
    </Notice>
  )
}
