import type { ReactNode } from 'react'
import { t } from '../strings/t.ts'
import classes from './Blank.module.css'

export interface BlankProps {
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** An empty view: its purpose and the next step. */
export function Blank({ title, children, action }: BlankProps) {
  return (
    <div className={classes.blank}>
      <h2 className={classes.title}>{title}</h2>
      {children !== undefined && <p className={classes.text}>{children}</p>}
      {action !== undefined && <div className={classes.action}>{action}</div>}
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
