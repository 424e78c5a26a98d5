import { t } from '../strings/t.ts'
import classes from './Skeleton.module.css'

/** Grey lines in the place of text that loads; they keep its height. Says nothing to a screen reader. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div className={classes.skeleton} aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all the same
        <span key={line} />
      ))}
    </div>
  )
}

/** A view that loads its data. Appears after a delay, so that a fast response does not flicker. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div className={classes.loading} role="status">
      {t('ui.loading', { what })}
    </div>
  )
}
