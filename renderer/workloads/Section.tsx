import type { ReactNode } from 'react'
import classes from './Drawer.module.css'

/** A part of the drawer, with its heading. */
export const DrawerSection = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section className={classes.section} aria-label={title}>
    <h3 className={classes.heading}>{title}</h3>
    {children}
  </section>
)
