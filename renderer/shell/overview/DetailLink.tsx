import type { ReactNode } from 'react'
import type { Detail } from './attention.ts'
import classes from './DetailLink.module.css'

export interface DetailLinkProps {
  readonly detail: Detail
  readonly onOpen: (detail: Detail) => void
  readonly children: ReactNode
}

/** The name of a part of the plane, which opens its details. */
export function DetailLink({ detail, onOpen, children }: DetailLinkProps) {
  return (
    <button type="button" className={classes.link} onClick={() => onOpen(detail)}>
      {children}
    </button>
  )
}
