import { lazy } from 'react'
import { createBrowserRouter, type RouteObject } from 'react-router'
import { NoSuchPage } from './NoSuchPage.tsx'
import { Outside } from './Outside.tsx'
import { PageFailed } from './PageFailed.tsx'
import { PAGES, type PageEntry } from './registry.ts'
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

function routeOf({ path, load }: PageEntry): RouteObject {
  const Page = lazy(load)
  return { path, element: <Page />, errorElement: <PageFailed /> }
}
