import type { ReactNode } from 'react'
import { Drawing, type DrawingName } from './Drawing.tsx'
import classes from './EmptyState.module.css'

export interface EmptyStateProps {
  readonly title: string
  readonly drawing?: DrawingName
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** An empty view: its purpose and the next step. */
export function EmptyState({ title, drawing, children, action }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      {drawing !== undefined && <Drawing name={drawing} />}
      <h2 className={classes.title}>{title}</h2>
      {children !== undefined && <p className={classes.text}>{children}</p>}
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  )
}
