import { Button, Progress } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../../strings/t.ts'
import classes from './Kit.module.css'
import type { KitStore } from './store.ts'

export const megabytes = (bytes: number): number => Math.round(bytes / 100_000) / 10

/** What runs, how far it is, and a way to end it. */
export function KitProgress({ store }: { readonly store: KitStore }) {
  const working = useStore(store, (state) => state.working)
  if (working === undefined) return null
  const { phase, done, total } = working
  const label = t(`kits.progress.${phase}`)
  return (
    <div className={classes.row} role="status">
      <span>{label}</span>
      <Progress
        className={classes.bar}
        value={total === 0 ? 0 : (100 * done) / total}
        aria-label={label}
        transitionDuration={0}
      />
      {total > 0 && (
        <span className={classes.counts}>{t('kits.amount', { done: megabytes(done), total: megabytes(total) })}</span>
      )}
      <Button variant="default" size="compact-sm" onClick={() => store.getState().cancel()}>
        {t('ui.cancel')}
      </Button>
    </div>
  )
}
