import * as react from 'react/jsx-runtime'
import { visibleProps } from './visibleProps.ts'

/**
 * React's JSX runtime for the whole window, its libraries included (scripts/visible-elements.ts): no view can forget to show
 * hidden characters of text from outside.
 */
export const { Fragment } = react
export const jsx: typeof react.jsx = (type, props, key) => react.jsx(type, visibleProps(type, props), key)
export const jsxs: typeof react.jsxs = (type, props, key) => react.jsxs(type, visibleProps(type, props), key)
