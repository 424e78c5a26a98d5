import type { ReactNode } from 'react'
import classes from './Panel.module.css'

export interface PanelProps {
  readonly title: string
  readonly aside?: ReactNode
  /** For addresses: the panel scrolls into view when the address names it. */
  readonly id?: string
  readonly children: ReactNode
}

/** A titled box; its heading is its accessible name. */
export function Panel({ title, aside, id, children }: PanelProps) {
  return (
    <section id={id} className={classes.panel} aria-label={title} tabIndex={id === undefined ? undefined : -1}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        {aside}
      </div>
      <div className={classes.body}>{children}</div>
    </section>
  )
}

/** A list of names with their values. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {rows.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
