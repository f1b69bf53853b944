import { lazy, type ReactNode } from 'react'
import { createBrowserRouter, type RouteObject } from 'react-router'
import { asProblem } from '../api/problems.ts'
import { useMe } from '../api/me.ts'
import { NoSuchPage } from './NoSuchPage.tsx'
import { NotYours } from './NotYours.tsx'
import { Outside } from './Outside.tsx'
import { PageFailed } from './PageFailed.tsx'
import { maySee, PAGES, type PageEntry } from './registry.ts'
import { Shell } from './Shell.tsx'

/** Returns the router over all pages. */
export function makeRouter() {
  const routes = (outside: boolean): RouteObject[] =>
    PAGES.filter((page) => (page.outside ?? false) === outside).map(routeOf)
  return createBrowserRouter([
    { element: <Outside />, errorElement: <PageFailed />, children: routes(true) },
    {
      element: <Shell />,
      errorElement: <PageFailed />,
      children: [...routes(false), { path: '*', element: <NoSuchPage /> }],
    },
  ])
}

function routeOf(page: PageEntry): RouteObject {
  const Page = lazy(() =>
    page.load().catch((cause: unknown) => {
      throw asProblem(cause)
    }),
  )
  const element = page.outside ? (
    <Page />
  ) : (
    <Seen page={page}>
      <Page />
    </Seen>
  )
  return { path: page.path, element, errorElement: <PageFailed /> }
}

/** A page for those who may see it, and for others a word of why they do not. */
function Seen({ page, children }: { readonly page: PageEntry; readonly children: ReactNode }) {
  const { permissions } = useMe()
  return maySee(page, permissions) ? children : <NotYours page={page} />
}
