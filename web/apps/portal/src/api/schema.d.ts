/* The REST API, as `npm run generate -w @diorama/portal` makes it. */
export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this process lives */
        get: operations["healthz_healthz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What Prometheus reads; with a key of the operator's account */
        get: operations["metrics_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this gateway serves: its store answers */
        get: operations["readyz_readyz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at one's account: its limits, what it holds, what it has used this month */
        get: operations["own_v1_account_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Give one's account another name */
        patch: operations["rename_v1_account_patch"];
        trace?: never;
    };
    "/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List every account (operator) */
        get: operations["list__v1_accounts_get"];
        put?: never;
        /** Make an account, with a link for its first owner (operator) */
        post: operations["create_v1_accounts_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at an account (operator) */
        get: operations["get_v1_accounts__account_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change an account's name, plan or streams, suspend or reinstate it (operator) */
        patch: operations["change_v1_accounts__account_id__patch"];
        trace?: never;
    };
    "/v1/artifacts/{token}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a file of a recording by its link, or a part of it by `Range` */
        get: operations["get_v1_artifacts__token___name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who changed what, the newest first */
        get: operations["list__v1_audit_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow the chain from its first entry: was anything changed or taken out? */
        get: operations["check_v1_audit_check_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries/{delivery_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deliver an event to a webhook again, now */
        post: operations["redeliver_v1_deliveries__delivery_id__redeliver_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read what happened, oldest first; live where one accepts it */
        get: operations["list__v1_events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images/{image}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** As a worker: fetch an image that a viewer gave to one's session, once */
        get: operations["get_v1_images__image__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/{invitation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw an invitation */
        delete: operations["withdraw_v1_invitations__invitation_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Become a member by an invitation, and be signed in */
        post: operations["accept_v1_invitations_accept_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what an invitation is to, for who holds its link */
        post: operations["look_at_v1_invitations_look_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the account's keys, the newest first */
        get: operations["list__v1_keys_get"];
        put?: never;
        /** Make a key; its secret is in the answer, and nowhere else */
        post: operations["create_v1_keys_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a key; it opens nothing from the next request on */
        delete: operations["revoke_v1_keys__key_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{key_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make another secret for a key; the old one works on for the overlap */
        post: operations["rotate_v1_keys__key_id__rotate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow the account as it is now: overview, sessions and workers, as they change */
        get: operations["live_v1_live_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say who is signed in, and what they may do in the account that is chosen */
        get: operations["me_v1_me_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change one's own name */
        patch: operations["change_me_v1_me_patch"];
        trace?: never;
    };
    "/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change one's password; every other browser is signed out */
        post: operations["change_password_v1_me_password_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the account's members, and with the first page its invitations */
        get: operations["list__v1_members_get"];
        put?: never;
        /** Invite somebody; the link in the answer is shown once, and works once */
        post: operations["invite_v1_members_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{member_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a member out, whose sign-in opens this account no more */
        delete: operations["remove_v1_members__member_id__delete"];
        options?: never;
        head?: never;
        /** Give a member another role; the last owner stays one */
        patch: operations["change_v1_members__member_id__patch"];
        trace?: never;
    };
    "/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An account at a glance: streams against the limit, workers, hours of the month */
        get: operations["overview__v1_overview_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/overview/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Concurrency and waits from when to when, step by step; the last day by default */
        get: operations["series_v1_overview_series_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the plans (operator) */
        get: operations["list__v1_plans_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plans/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Make or change a plan, and the limits of every account under it (operator) */
        put: operations["put_v1_plans__name__put"];
        post?: never;
        /** Delete a plan that no account is under (operator) */
        delete: operations["delete_v1_plans__name__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the public projects, and with a key one's own, disabled ones too */
        get: operations["projects_v1_projects_get"];
        put?: never;
        /** Create a project, from a world of `GET /v1/worlds` */
        post: operations["create_v1_projects_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a project; with a key of its account, at its rules too */
        get: operations["project_v1_projects__name__get"];
        put?: never;
        post?: never;
        /** Take a project away that has no sessions; its history is kept */
        delete: operations["delete_v1_projects__name__delete"];
        options?: never;
        head?: never;
        /** Change a project; what is left out stays, and what changes acts at once */
        patch: operations["change_v1_projects__name__patch"];
        trace?: never;
    };
    "/v1/projects/{name}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a project's queues: length, waits, and how true the waits told were */
        get: operations["queue_v1_projects__name__queue_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the account's recordings that fit, newest first */
        get: operations["list__v1_recordings_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{recording_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a recording; the links to its files expire, ask again for new ones */
        get: operations["get_v1_recordings__recording_id__get"];
        put?: never;
        post?: never;
        /** Delete a recording and its files; deleting one that is deleted changes nothing */
        delete: operations["delete_v1_recordings__recording_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the rules that a project has: bounds, defaults and what they do */
        get: operations["rules_v1_rules_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the account's sessions that fit, newest first */
        get: operations["list__v1_sessions_get"];
        put?: never;
        /** Ask for a session */
        post: operations["open__v1_sessions_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a session */
        get: operations["get_v1_sessions__session_id__get"];
        put?: never;
        post?: never;
        /** End a session; ending one that has ended changes nothing */
        delete: operations["delete_v1_sessions__session_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{session_id}/bye": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that the viewer's page is being left (1001) or that it is done (1000) */
        post: operations["bye_v1_sessions__session_id__bye_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{session_id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a session more runtime, as far as the plan goes */
        post: operations["extend__v1_sessions__session_id__extend_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{session_id}/spectators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who may watch a session, and who does */
        get: operations["list__v1_sessions__session_id__spectators_get"];
        put?: never;
        /** Let somebody watch a session; the token is shown this once */
        post: operations["create_v1_sessions__session_id__spectators_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{session_id}/spectators/{spectator_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a spectator's token, and put out who watches by it */
        delete: operations["delete_v1_sessions__session_id__spectators__spectator_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{session_id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at how a session went, and why it ended */
        get: operations["timeline_v1_sessions__session_id__timeline_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End many sessions at once: those named, or all of a project */
        post: operations["end_many_v1_sessions_end_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/set-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Become the first owner, by the link that the gateway printed */
        post: operations["set_up_v1_set_up_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/set-up/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make another link for the first owner, while there is none */
        post: operations["set_up_link_v1_set_up_link_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/share-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the account's share links, newest first */
        get: operations["list__v1_share_links_get"];
        put?: never;
        /** Make a share link; its address is shown this once */
        post: operations["create_v1_share_links_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/share-links/{link_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a share link */
        get: operations["get_v1_share_links__link_id__get"];
        put?: never;
        post?: never;
        /** Revoke a share link: it opens nothing any more, and who waits by it is sent away */
        delete: operations["revoke_v1_share_links__link_id__delete"];
        options?: never;
        head?: never;
        /** Change a share link; what is left out stays */
        patch: operations["change_v1_share_links__link_id__patch"];
        trace?: never;
    };
    "/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say how one may sign in here */
        get: operations["offer_v1_sign_in_get"];
        put?: never;
        /** Sign in with a password; the cookie that comes with the answer is the proof */
        post: operations["sign_in_v1_sign_in_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign out of this browser; its cookie opens nothing any more */
        post: operations["sign_out_v1_sign_out_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/simulations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the account's simulations that fit, newest first */
        get: operations["list__v1_simulations_get"];
        put?: never;
        /** Submit a simulation: scripts that are run without a viewer */
        post: operations["submit__v1_simulations_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/simulations/{simulation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a simulation; with Accept: text/event-stream, follow it until it is over */
        get: operations["get_v1_simulations__simulation_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/simulations/{simulation_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a simulation; cancelling one that is over changes nothing */
        post: operations["cancel__v1_simulations__simulation_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a ticket: it lets one viewer open one session within its minutes */
        post: operations["mint_v1_tickets_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign tickets with another key from now on */
        post: operations["rotate_v1_tickets_rotate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** As a worker: say which files there are, and learn where to PUT them */
        post: operations["begin_v1_uploads_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{token}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** As a worker: upload one file */
        put: operations["put_v1_uploads__token___name__put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** As a worker: say that every file is there; a second time changes nothing */
        post: operations["complete_v1_uploads_complete_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/fail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** As a worker: say that there will be no files; a second time changes nothing */
        post: operations["fail_v1_uploads_fail_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was used from when to when; as CSV with `Accept: text/csv` */
        get: operations["usage__v1_usage_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as CSV, without pages */
        get: operations["usage_csv_v1_usage_csv_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage/cost": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What slots cost at a price per GPU hour: streaming, idle, waiting and warm */
        get: operations["cost__v1_usage_cost_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rebuild usage from the log alone, and tell every difference; page by page */
        get: operations["verify_v1_usage_verify_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/watch/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a session with a spectator's token, and at how one's own watch fares */
        get: operations["look_v1_watch__session_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the account's webhooks, newest first */
        get: operations["list__v1_webhooks_get"];
        put?: never;
        /** Be told of events at a URL; the answer shows the secret, this once */
        post: operations["add_v1_webhooks_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a webhook */
        get: operations["get_v1_webhooks__webhook_id__get"];
        put?: never;
        post?: never;
        /** Take a webhook away, with its delivery log */
        delete: operations["remove_v1_webhooks__webhook_id__delete"];
        options?: never;
        head?: never;
        /** Change a webhook; what is left out stays */
        patch: operations["change_v1_webhooks__webhook_id__patch"];
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at what a webhook was told, newest first, with each attempt */
        get: operations["deliveries_v1_webhooks__webhook_id__deliveries_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deliver again what happened after a cursor, or after an event */
        post: operations["replay_v1_webhooks__webhook_id__replay_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a webhook a new secret; the old one signs too for a while */
        post: operations["rotate_v1_webhooks__webhook_id__rotate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a webhook an event of type webhook.test */
        post: operations["test_v1_webhooks__webhook_id__test_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/whep/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Watch a session (WHEP): post an SDP offer with a spectator's token */
        post: operations["play_v1_whep__session_id__post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/whep/{session_id}/{watch_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Watch no more (WHEP); ending what has ended changes nothing */
        delete: operations["leave_v1_whep__session_id___watch_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the workers and what their slots hold; for other accounts, pools alone */
        get: operations["workers_v1_workers_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workers/{worker_id}/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a worker out of service: no new sessions, and a countdown for what runs */
        post: operations["drain__v1_workers__worker_id__drain_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workers/{worker_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a worker back in service */
        post: operations["resume__v1_workers__worker_id__resume_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/worlds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the worlds that projects may be made from */
        get: operations["worlds_v1_worlds_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AcceptInvitation
         * @description POST /v1/invitations/accept.
         *
         *         Somebody new gives a name and a password; somebody known is signed in, or gives their password.
         */
        AcceptInvitation: {
            name?: string;
            password?: string;
            token: string;
        };
        /**
         * Accounts
         * @description A page of every account.
         */
        Accounts: {
            accounts: components["schemas"]["AccountView"][];
            /** @default null */
            cursor: string | null;
        };
        /**
         * AccountView
         * @description An account: its limits, what it holds now, and what it has used this month, UTC.
         *
         *         Attributes:
         *             own_streams: whether the operator set `concurrent_streams` apart from the plan.
         *             held: sessions that hold a slot now.
         */
        AccountView: {
            concurrent_streams: number;
            held: number;
            id: string;
            max_runtime_s: number;
            name: string;
            own_streams: boolean;
            plan: string;
            queued_simulations: number;
            simulation_hours: number | null;
            stream_hours: number | null;
            stream_us_used: number;
            suspended: boolean;
        };
        /**
         * AfkRules
         * @description When a viewer who does nothing is warned, and how much later the session ends.
         *
         *         Attributes:
         *             enabled: whether a session ends with 4004 `afk_timeout` because its viewer does nothing.
         *             warn_after_s: without any input, after which the viewer is warned and a countdown runs.
         *             disconnect_after_s: from the warning to the end; any input stops the countdown.
         *             hold_off_budget_s: for how long in all a world may put the warning off in one session; 0 is
         *                 not at all.
         */
        AfkRules: {
            /**
             * End after the warning
             * @default 30
             */
            disconnect_after_s: number;
            /**
             * End idle sessions
             * @default true
             */
            enabled: boolean;
            /**
             * Worlds may hold the warning off for
             * @default 0
             */
            hold_off_budget_s: number;
            /**
             * Warn after
             * @default 120
             */
            warn_after_s: number;
        };
        /**
         * AskedAfk
         * @description Shorter times than the project's, for a viewer who does nothing; longer ones are cut.
         */
        AskedAfk: {
            disconnect_after_s?: number | null;
            warn_after_s?: number | null;
        };
        /**
         * AttemptView
         * @description One attempt: the receiver's `status` and the beginning of its `answer`, or the `error`.
         */
        AttemptView: {
            answer: string;
            /** Format: date-time */
            at: string;
            duration_ms: number;
            error: string | null;
            number: number;
            status: number | null;
        };
        /**
         * AuditCheck
         * @description Whether the audit log is whole: `broken_at` is the first entry that does not fit.
         */
        AuditCheck: {
            /** @default null */
            broken_at: number | null;
            entries: number;
            hash: string;
            whole: boolean;
        };
        /**
         * AuditPage
         * @description A page of an account's audit log, the newest first.
         */
        AuditPage: {
            /** @default null */
            cursor: string | null;
            entries: components["schemas"]["AuditView"][];
        };
        /**
         * AuditView
         * @description One change: who did what to what; `hash` is held by the entry after it.
         */
        AuditView: {
            action: string;
            actor: string;
            /** Format: date-time */
            at: string;
            detail: unknown;
            hash: string;
            seq: number;
            subject: string;
        };
        /**
         * BeginUpload
         * @description POST /v1/uploads: a worker has the files of a recording.
         */
        BeginUpload: {
            files: components["schemas"]["FileToUpload"][];
            token: string;
        };
        /**
         * ChangeAccount
         * @description PATCH /v1/accounts/{id}: what is left out stays as it is.
         *
         *         Attributes:
         *             concurrent_streams: apart from the plan; null is what the plan says.
         *             suspended: true ends its sessions at once, and nothing new opens.
         */
        ChangeAccount: {
            concurrent_streams?: number | null;
            name?: string;
            plan?: string;
            suspended?: boolean;
        };
        /**
         * ChangeMe
         * @description PATCH /v1/me.
         */
        ChangeMe: {
            name: string;
        };
        /**
         * ChangeMember
         * @description PATCH /v1/members/{id}.
         */
        ChangeMember: {
            /** @enum {unknown} */
            role: "admin" | "developer" | "owner" | "viewer";
        };
        /**
         * ChangePassword
         * @description POST /v1/me/password; `current` is null for who has none, and signed in without.
         */
        ChangePassword: {
            current: string | null;
            new: string;
        };
        /**
         * ChangeProject
         * @description PATCH /v1/projects/{name}: what is left out stays as it is.
         *
         *         Attributes:
         *             public: whether anyone who reaches the gateway may ask for a session.
         *             offered: whether other accounts may make projects from its world: the operator's to say.
         *             rules: those that change, by name; those of `queue` and `afk` one by one too, while lists
         *                 and `priorities` are replaced whole.
         */
        ChangeProject: {
            description?: string;
            enabled?: boolean;
            offered?: boolean;
            prompts?: string[];
            public?: boolean;
            rules?: {
                [key: string]: unknown;
            };
            title?: string;
        };
        /**
         * ChangeShareLink
         * @description PATCH /v1/share-links/{id}: what is left out stays, null takes a limit away.
         */
        ChangeShareLink: {
            concurrent?: number | null;
            expires_in_s?: number | null;
            name?: string;
            uses?: number | null;
        };
        /**
         * ChangeWebhook
         * @description PATCH /v1/webhooks/{id}: what is left out stays.
         */
        ChangeWebhook: {
            description?: string | null;
            enabled?: boolean | null;
            types?: string[] | null;
            url?: string | null;
        };
        /**
         * CompleteUpload
         * @description POST /v1/uploads/complete: every file is there.
         */
        CompleteUpload: {
            facts: components["schemas"]["RecordedFacts"];
            token: string;
        };
        /**
         * CostPart
         * @description Time of slots, the GPU time that is their share, and what that costs, to six decimals.
         */
        CostPart: {
            cost: string;
            gpu_hours: number;
            slot_us: number;
        };
        /**
         * CostView
         * @description What slots cost at a price for an hour of a GPU, up to `until`.
         *
         *         `streaming` and `idle` are what is metered of sessions, `simulation` what is of simulations.
         *         `waiting` is the rest of the time for which either held slots: starting, being away, handing in
         *         what was rendered, and until the world is gone. `warm` is the time for which
         *         slots were there and nobody had them: it is the operator's, and None for one account. `cost` is
         *         the sum of the parts that are shown.
         */
        CostView: {
            cost: string;
            /** Format: date-time */
            from: string;
            idle: components["schemas"]["CostPart"];
            price_per_gpu_hour: string;
            simulation: components["schemas"]["CostPart"];
            streaming: components["schemas"]["CostPart"];
            /** Format: date-time */
            to: string;
            /** Format: date-time */
            until: string;
            waiting: components["schemas"]["CostPart"];
            warm: components["schemas"]["CostPart"] | null;
        };
        /**
         * CoverageView
         * @description What waiters were told against how long they waited, of the newest `count` that were told.
         *
         *         An estimate that is right has half of the waits under its p50 and nine tenths under its p90.
         */
        CoverageView: {
            count: number;
            under_p50: number | null;
            under_p90: number | null;
        };
        /**
         * CreateAccount
         * @description POST /v1/accounts; with `owner_email`, the answer holds a link for its first owner.
         */
        CreateAccount: {
            name: string;
            owner_email?: string | null;
            plan?: string;
        };
        /**
         * CreatedAccount
         * @description A new account; `link` brings its first owner in, is shown this once, and works once.
         */
        CreatedAccount: {
            account: components["schemas"]["AccountView"];
            /** @default null */
            invitation: components["schemas"]["InvitationView"] | null;
            /** @default null */
            link: string | null;
        };
        /**
         * CreatedKey
         * @description A key with its secret, which is shown this once.
         */
        CreatedKey: {
            key: components["schemas"]["KeyView"];
            secret: string;
        };
        /**
         * CreatedShareLink
         * @description A link that is new: `url` is shown this once.
         */
        CreatedShareLink: {
            link: components["schemas"]["ShareLinkView"];
            url: string;
        };
        /**
         * CreatedSpectator
         * @description A token with which a session may be watched; it is shown this once.
         *
         *         Attributes:
         *             url: the WHEP endpoint that takes the token.
         *             watch_url: the page that shows the session, with the token behind its `#`.
         */
        CreatedSpectator: {
            /** Format: date-time */
            expires_at: string;
            id: string;
            name: string;
            session: string;
            token: string;
            url: string;
            viewers: number;
            watch_url: string;
        };
        /**
         * CreateKey
         * @description POST /v1/keys.
         *
         *         Attributes:
         *             scopes: what an API key may do; at most what whoever makes it may.
         *             expires_in_s: None is no end.
         *             worker: of a key for workers: the only worker that may register with it; None is any.
         */
        CreateKey: {
            expires_in_s?: number | null;
            /** @enum {unknown} */
            kind?: "api" | "worker";
            name: string;
            scopes?: string[];
            worker?: string | null;
        };
        /**
         * CreateProject
         * @description POST /v1/projects.
         *
         *         Attributes:
         *             name: the last part of `/play/{name}`; no two projects of a Diorama have the same.
         *             world: a name of `GET /v1/worlds`. With `kind`, which only the operator may say, the program
         *                 itself: `module:Class` or `path/file.py:Class` for `python`, else a command line.
         *             regions: where it may run, the usual one first; empty is where its world is offered.
         *             pool: of the workers that run it; none is the one its world is offered in.
         *             public: whether anyone who reaches the gateway may ask for a session.
         *             rules: those that are not as they are by default, see `GET /v1/rules`.
         *             offered: whether other accounts may make projects from its world: the operator's to say.
         */
        CreateProject: {
            description?: string;
            enabled?: boolean;
            kind?: ("pixel_streaming" | "python" | "window") | null;
            name: string;
            offered?: boolean;
            options?: {
                [key: string]: unknown;
            };
            pool?: string | null;
            prompts?: string[] | null;
            public?: boolean;
            regions?: string[];
            rules?: {
                [key: string]: unknown;
            };
            title?: string;
            video?: components["schemas"]["VideoSpec"] | null;
            world: string;
        };
        /**
         * CreateShareLink
         * @description POST /v1/share-links.
         *
         *         Attributes:
         *             expires_in_s: for how long it opens sessions; none is until it is revoked.
         *             uses: sessions it may open in all.
         *             concurrent: sessions of it that may be there at once.
         */
        CreateShareLink: {
            concurrent?: number | null;
            expires_in_s?: number | null;
            name?: string;
            project: string;
            uses?: number | null;
        };
        /**
         * CreateSpectator
         * @description A wish for a token with which a session may be watched.
         *
         *         Attributes:
         *             name: for whoever reads the list.
         *             expires_in_s: how long it can be used to begin to watch; who watches goes on.
         *             viewers: places in which it may be used at once; the newest takes the oldest's place.
         */
        CreateSpectator: {
            expires_in_s?: number;
            name?: string;
            viewers?: number;
        };
        /**
         * Cue
         * @description One thing that happens at one time: exactly one of the four.
         *
         *         Attributes:
         *             at_ms: when, in milliseconds of the world's time.
         *             prompt: a text prompt for the world.
         *             input: what a viewer might do with keys, pointer, wheel, touch or gamepad.
         *             message: JSON for the world.
         *             end: the script is over; this is the length of what is rendered.
         */
        Cue: {
            at_ms: number;
            end?: boolean;
            input?: (components["schemas"]["KeyDown"] | components["schemas"]["KeyUp"] | components["schemas"]["PointerMove"] | components["schemas"]["PointerDown"] | components["schemas"]["PointerUp"] | components["schemas"]["Wheel"] | components["schemas"]["TouchStart"] | components["schemas"]["TouchMove"] | components["schemas"]["TouchEnd"] | components["schemas"]["Gamepad"] | components["schemas"]["Text"]) | null;
            /** @description any JSON */
            message?: unknown;
            prompt?: string | null;
        };
        /**
         * DeliveryPage
         * @description A page of the delivery log, the newest first: `cursor` asks for the next; None is the end.
         */
        DeliveryPage: {
            /** @default null */
            cursor: string | null;
            deliveries: components["schemas"]["DeliveryView"][];
        };
        /**
         * DeliveryState
         * @description What became of a delivery. The values are stored.
         * @enum {string}
         */
        DeliveryState: "waiting" | "delivered" | "failed" | "cancelled";
        /**
         * DeliveryView
         * @description One event for one webhook: `waiting`, `delivered`, `failed` or `cancelled`.
         */
        DeliveryView: {
            attempts: components["schemas"]["AttemptView"][];
            /** Format: date-time */
            created_at: string;
            ended_at: string | null;
            event: string;
            id: string;
            next_at: string | null;
            seq: number | null;
            session: string | null;
            state: string;
            type: string;
            webhook: string;
        };
        /**
         * Difference
         * @description Where what is kept is not what the log says.
         *
         *         `what` is `spans` (the rows that sums are made of), `running` (since when a session streams),
         *         `month` (the sum of a calendar month, which `period` names, or of all there are), or `run` and
         *         `run_running` (the same of a simulation's run, whose id is in `session`). The two
         *         numbers are what is metered in microseconds, or since when an instant, as the rows have it
         *         and as the log does. Where they are the same, the rows differ in something else, as when
         *         somebody's time stands under another name.
         */
        Difference: {
            account: string;
            /** @default null */
            kept_us: number | null;
            /** @default null */
            log_us: number | null;
            /** @default null */
            period: string | null;
            /** @default null */
            session: string | null;
            what: string;
        };
        /**
         * DrainWorker
         * @description POST /v1/workers/{id}/drain: take no new sessions, and end what still runs after so long.
         */
        DrainWorker: {
            within_s?: number;
        };
        /**
         * EndCode
         * @description The number a session ends with; WebSockets close with the same one.
         * @enum {integer}
         */
        EndCode: 1000 | 1001 | 1006 | 4000 | 4001 | 4002 | 4003 | 4004 | 4005 | 4006 | 4007 | 4010 | 4011 | 4012 | 4013 | 4014;
        /**
         * EndedSessions
         * @description What came of ending many sessions, in the order in which they were named.
         */
        EndedSessions: {
            results: components["schemas"]["EndResult"][];
        };
        /**
         * EndResult
         * @description What came of ending one session: its end, also where it had ended before, or a `problem`.
         */
        EndResult: {
            /** @default null */
            end: components["schemas"]["EndView"] | null;
            /** @default null */
            problem: string | null;
            session: string;
            /** @default null */
            state: components["schemas"]["SessionState"] | null;
        };
        /**
         * EndSessions
         * @description POST /v1/sessions/end: the sessions named, or all of a project that have not ended.
         */
        EndSessions: {
            project?: string | null;
            sessions?: string[] | null;
        };
        /**
         * EndView
         * @description Why a session ended: the registry's row and the reason.
         */
        EndView: {
            code: number;
            doing: string;
            message: string;
            name: string;
            reason: string;
            retry: string;
            retry_limit: number | null;
        };
        /**
         * EventPage
         * @description Events, the oldest first. Ask again with `cursor`: at once while there is `more`.
         */
        EventPage: {
            cursor: string;
            events: components["schemas"]["EventView"][];
            more: boolean;
        };
        /**
         * EventView
         * @description One event: `id` is the same however often it is told, `seq` rises by one in a session.
         */
        EventView: {
            account: string;
            /** Format: date-time */
            at: string;
            data: unknown;
            id: string;
            seq: number | null;
            session: string | null;
            type: string;
        };
        /**
         * ExtendSession
         * @description POST /v1/sessions/{id}/extend: so much more runtime, as far as the plan goes.
         */
        ExtendSession: {
            seconds: number;
        };
        /**
         * FailUpload
         * @description POST /v1/uploads/fail: there will be no files; `reason` is a word for why.
         */
        FailUpload: {
            reason: string;
            token: string;
        };
        /**
         * FileToUpload
         * @description One file that a worker has, and how large it is.
         */
        FileToUpload: {
            bytes: number;
            /** @enum {unknown} */
            name: "events.jsonl" | "preview.mp4" | "thumbnail.jpg" | "video.mp4";
        };
        /**
         * Frame
         * @description Of what size and how often pictures are kept; none is as the world renders.
         */
        Frame: {
            /** @default null */
            fps: number | null;
            /** @default null */
            height: number | null;
            /** @default null */
            width: number | null;
        };
        /**
         * Gamepad
         * @description A gamepad in W3C standard mapping: axes -1.0 to 1.0, buttons 0.0 to 1.0.
         */
        Gamepad: {
            axes: number[];
            buttons: number[];
            index: number;
            /** @enum {unknown} */
            type: "gamepad";
        };
        /**
         * GroupBy
         * @description What usage is summed up by.
         * @enum {string}
         */
        GroupBy: "total" | "account" | "project" | "end_user" | "region" | "day" | "session";
        /**
         * Health
         * @description A process that lives.
         */
        Health: {
            status: string;
            version: string;
        };
        /**
         * InvitationLook
         * @description What an invitation is to: `known` says that somebody with this email is here already.
         */
        InvitationLook: {
            account: string;
            email: string;
            known: boolean;
            /** @enum {unknown} */
            role: "admin" | "developer" | "owner" | "viewer";
        };
        /**
         * InvitationView
         * @description An invitation that nobody has accepted yet.
         */
        InvitationView: {
            /** Format: date-time */
            created_at: string;
            email: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            /** @enum {unknown} */
            role: "admin" | "developer" | "owner" | "viewer";
        };
        /**
         * Invited
         * @description An invitation with its link, which is shown once and works once.
         */
        Invited: {
            invitation: components["schemas"]["InvitationView"];
            link: string;
        };
        /**
         * InviteMember
         * @description POST /v1/members.
         */
        InviteMember: {
            email: string;
            /** @enum {unknown} */
            role: "admin" | "developer" | "owner" | "viewer";
        };
        /**
         * KeyDown
         * @description A key went down, or repeats while held.
         */
        KeyDown: {
            code: string;
            key: string;
            repeat?: boolean;
            /** @enum {unknown} */
            type: "key_down";
        };
        /**
         * Keys
         * @description A page of an account's keys, the newest first.
         */
        Keys: {
            /** @default null */
            cursor: string | null;
            keys: components["schemas"]["KeyView"][];
        };
        /**
         * KeyUp
         * @description A key went up, or the viewer's window lost focus while it was held.
         */
        KeyUp: {
            code: string;
            key: string;
            /** @enum {unknown} */
            type: "key_up";
        };
        /**
         * KeyView
         * @description A key, never its secret; `scopes` is None where it may do whatever its account may.
         */
        KeyView: {
            /** Format: date-time */
            created_at: string;
            created_by: string;
            /** @default null */
            expires_at: string | null;
            hint: string;
            id: string;
            /** @enum {unknown} */
            kind: "api" | "worker";
            /** @default null */
            last_used_at: string | null;
            name: string;
            /** @default null */
            replaced_by: string | null;
            /** @default null */
            revoked_at: string | null;
            scopes: string[] | null;
            /** @enum {unknown} */
            state: "active" | "expired" | "revoked";
            /** @default null */
            worker: string | null;
        };
        /**
         * LaneView
         * @description The queue of a project in one region.
         *
         *         `eta_p50_s` and `eta_p90_s` are what somebody would be told who came now, without a priority;
         *         `session_p50_s` is how long the middle session holds its slot. Each is None while unknown.
         */
        LaneView: {
            coverage: components["schemas"]["CoverageView"];
            eta_p50_s: number | null;
            eta_p90_s: number | null;
            length: number;
            region: string;
            session_p50_s: number | null;
        };
        /**
         * LeavePage
         * @description POST /v1/sessions/{id}/bye: 1001 the page is being left (it may be a reload), 1000 done.
         *
         *         `token` is the session's, for a page that has no time for the question (CORS) which a header of
         *         its own would cost; such a body may call itself `text/plain`.
         */
        LeavePage: {
            /** @enum {unknown} */
            code?: 1000 | 1001;
            token?: string | null;
        };
        /**
         * LoadView
         * @description How many slots a worker offers, and what they do.
         */
        LoadView: {
            fencing: number;
            free: number;
            held: number;
            quarantined: number;
            slots: number;
        };
        /**
         * LookAtInvitation
         * @description POST /v1/invitations/look: what an invitation is to.
         */
        LookAtInvitation: {
            token: string;
        };
        /**
         * Me
         * @description Who is signed in, and what they may do in the account that is chosen.
         *
         *         `csrf` goes with every change as the header `Diorama-CSRF`; the header `Diorama-Account` chooses
         *         another of the accounts.
         */
        Me: {
            account: components["schemas"]["OwnAccount"];
            accounts: components["schemas"]["OwnAccount"][];
            csrf: string;
            permissions: string[];
            person: components["schemas"]["PersonView"];
        };
        /**
         * Members
         * @description A page of an account's members, and, with the first page, its invitations.
         */
        Members: {
            /** @default null */
            cursor: string | null;
            /** @default [] */
            invitations: components["schemas"]["InvitationView"][];
            members: components["schemas"]["MemberView"][];
        };
        /**
         * MemberView
         * @description A member of an account.
         */
        MemberView: {
            /** Format: date-time */
            created_at: string;
            email: string;
            id: string;
            name: string;
            /** @enum {unknown} */
            role: "admin" | "developer" | "owner" | "viewer";
        };
        /**
         * MintedTicket
         * @description A ticket, for one viewer's page alone: whoever has it may use it.
         */
        MintedTicket: {
            /** Format: date-time */
            expires_at: string;
            ticket: string;
        };
        /**
         * MintTicket
         * @description POST /v1/tickets: what one viewer may do once.
         *
         *         Attributes:
         *             project: which.
         *             end_user: whose session it is, for limits and usage.
         *             origin: the only pages that may use it, beside what the project's rule `origins` asks for.
         *             region: where the session runs; none is the viewer's to say.
         *             device: what a list of sessions calls the viewer's device.
         *             priority: a class of the project's `queue.priorities`.
         *             max_runtime_s: how long the session may run, where the project's rule is not shorter.
         *             afk: shorter times than the project's for a viewer who does nothing.
         *             expires_in_s: for how long it may be used; the session it opens goes on.
         */
        MintTicket: {
            afk?: components["schemas"]["AskedAfk"] | null;
            device?: string | null;
            end_user?: string | null;
            expires_in_s?: number;
            max_runtime_s?: number | null;
            origin?: string | null;
            priority?: string | null;
            project: string;
            region?: string | null;
        };
        /**
         * NewWebhook
         * @description POST /v1/webhooks: no `types` is every type; `session.*` is a family.
         */
        NewWebhook: {
            description?: string;
            enabled?: boolean;
            types?: string[];
            url: string;
        };
        /**
         * OidcOffer
         * @description Another way to sign in: GET /v1/oidc/start begins it; `name` is for its button.
         */
        OidcOffer: {
            name: string;
        };
        /**
         * OnLimit
         * @description What becomes of a request that a concurrency limit stands in the way of.
         * @enum {unknown}
         */
        OnLimit: "queue" | "reject" | "take_over";
        /**
         * OpenedSession
         * @description The answer to a request for a session: `token` opens the viewer's WebSocket, nothing else.
         */
        OpenedSession: {
            continued: boolean;
            session: components["schemas"]["SessionView"];
            token: string;
        };
        /**
         * OpenSession
         * @description POST /v1/sessions. `client_id`, the SDK's secret name for one tab, continues its session.
         *
         *         `priority` names a class of the project's `queue.priorities`, and comes with an API key only.
         *         `ticket` opens the project it was made for, which need not be named then; `share` is the secret
         *         of a share link.
         */
        OpenSession: {
            afk?: components["schemas"]["AskedAfk"] | null;
            client_id?: string | null;
            device?: string | null;
            end_user?: string | null;
            priority?: string | null;
            project?: string | null;
            region?: string | null;
            share?: string | null;
            ticket?: string | null;
        };
        /**
         * Overview
         * @description An account at a glance.
         *
         *         `streams` are the sessions that hold a slot now, and `limit` is how many may; `queued` wait.
         *         `workers` and `slots` are those of the pools that the account's projects use, and for the
         *         operator all. `stream_us` is what was streamed in `period`, the calendar month, of
         *         `stream_hours` hours that there are (None is no limit); so it is with simulations, of whose runs
         *         `runs_running` have a slot and `runs_queued` wait for one.
         */
        Overview: {
            /** Format: date-time */
            at: string;
            limit: number;
            period: components["schemas"]["PeriodView"];
            queued: number;
            runs_queued: number;
            runs_running: number;
            simulation_hours: number | null;
            simulation_us: number;
            slots: components["schemas"]["SlotCounts"];
            stream_hours: number | null;
            stream_us: number;
            streams: number;
            workers: number;
        };
        /**
         * OwnAccount
         * @description An account that a person is a member of.
         */
        OwnAccount: {
            id: string;
            name: string;
            /** @enum {unknown} */
            role: "admin" | "developer" | "owner" | "viewer";
        };
        /**
         * OwnProject
         * @description A project as its account sees it: `version` is what a change is held to by `If-Match`.
         *
         *         Attributes:
         *             made_from: the world of `GET /v1/worlds` that it was made from.
         */
        OwnProject: {
            description: string;
            enabled: boolean;
            id: string;
            made_from: string | null;
            name: string;
            offered: boolean;
            pool: string;
            /** @default [] */
            prompts: string[];
            public: boolean;
            regions: string[];
            rules: components["schemas"]["Rules"];
            /** @default  */
            title: string;
            version: number;
            world: string;
        };
        /**
         * Page
         * @description A page of a list: ask again with `cursor` for the next; None is the end.
         */
        Page: {
            /** @default null */
            cursor: string | null;
            sessions: components["schemas"]["SessionView"][];
        };
        /**
         * PeriodView
         * @description A stretch of time: from an instant to before another.
         */
        PeriodView: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
        };
        /**
         * PersonView
         * @description A person, as they see themselves.
         */
        PersonView: {
            email: string;
            has_password: boolean;
            id: string;
            name: string;
        };
        /**
         * Plans
         * @description A page of the plans.
         */
        Plans: {
            /** @default null */
            cursor: string | null;
            plans: components["schemas"]["PlanView"][];
        };
        /**
         * PlanView
         * @description A plan, and how many accounts are under it.
         */
        PlanView: {
            accounts: number;
            concurrent_streams: number;
            max_runtime_s: number;
            name: string;
            queued_simulations: number;
            simulation_hours: number | null;
            stream_hours: number | null;
        };
        /**
         * PointerDown
         * @description A button of a mouse or pen went down: 0 left, 1 middle, 2 right.
         */
        PointerDown: {
            button?: number;
            /** @enum {unknown} */
            type: "pointer_down";
            x: number;
            y: number;
        };
        /**
         * PointerMove
         * @description A mouse or pen moved; `buttons` is the W3C bit mask of those held.
         */
        PointerMove: {
            buttons?: number;
            movement_x?: number;
            movement_y?: number;
            /** @enum {unknown} */
            type: "pointer_move";
            x: number;
            y: number;
        };
        /**
         * PointerUp
         * @description A button of a mouse or pen went up.
         */
        PointerUp: {
            button?: number;
            /** @enum {unknown} */
            type: "pointer_up";
            x: number;
            y: number;
        };
        /**
         * PoolView
         * @description The workers of a pool in a region, counted, without those that are lost.
         *
         *         `held` and `free` are slots, whoever's sessions hold them; `own` are the slots that the asking
         *         account's sessions hold.
         */
        PoolView: {
            free: number;
            held: number;
            own: number;
            pool: string;
            ready: number;
            region: string;
            slots: number;
            workers: number;
        };
        /**
         * Problem
         * @description A problem document; facts a program may act on stand beside these members.
         *
         *         `code` is stable; `detail` is a sentence for a person and may change.
         */
        Problem: {
            code: string;
            detail: string;
            /** @default null */
            request_id: string | null;
            status: number;
            title: string;
            /** @default about:blank */
            type: string;
        };
        /**
         * ProjectQueue
         * @description The queues of a project, one for each of its regions.
         */
        ProjectQueue: {
            project: string;
            regions: components["schemas"]["LaneView"][];
        };
        /**
         * Projects
         * @description A page of the projects that a caller may see, by name: `cursor` asks for the next.
         */
        Projects: {
            /** @default null */
            cursor: string | null;
            projects: components["schemas"]["ProjectView"][];
        };
        /**
         * ProjectView
         * @description One project, as a visitor may see it.
         */
        ProjectView: {
            description: string;
            enabled: boolean;
            id: string;
            name: string;
            /** @default [] */
            prompts: string[];
            regions: string[];
            /** @default  */
            title: string;
            world: string;
        };
        /**
         * PublicRules
         * @description What visitors without a credential of their own may take.
         *
         *         Attributes:
         *             per_address: sessions and places in line that visitors of one network address may have at
         *                 once, those not heard for longer than the heartbeat time-out left out; the next is
         *                 refused with `address_limit`. Sessions opened with an API key or a ticket do not count,
         *                 nor does the gateway's own machine; an IPv6 address counts with its /64. None is no
         *                 limit.
         */
        PublicRules: {
            /**
             * Visitors per address
             * @default 20
             */
            per_address: number | null;
        };
        /**
         * PutPlan
         * @description PUT /v1/plans/{name}: its limits; null hours are no limit.
         *
         *         It changes the limits of every account under the plan; a lower one ends nobody.
         */
        PutPlan: {
            concurrent_streams: number;
            max_runtime_s?: number;
            queued_simulations?: number;
            simulation_hours?: number | null;
            stream_hours?: number | null;
        };
        /**
         * QueueRules
         * @description How waiting goes.
         *
         *         Attributes:
         *             enabled: whether there is a queue at all; without one, who finds no slot is refused with
         *                 4001 `queue_off`.
         *             max_length: waiters in one region; the next is refused with 4001 `queue_full`.
         *             max_wait_s: after which a waiter is told 4001 `waited_too_long`; none waits for ever.
         *             accept_s: how long a slot waits for a promoted viewer that is not there, before others pass.
         *             per_end_user: places in line that one end user may have at once, those not heard for longer
         *                 than the heartbeat time-out left out; the next is refused with `waiting_limit`. None is
         *                 no limit.
         *             priorities: the classes that may be asked for with an API key or a ticket, by name; the
         *                 higher is served first, and who asks for none is of class 0.
         */
        QueueRules: {
            /**
             * Time to take a slot
             * @default 30
             */
            accept_s: number;
            /**
             * Queue
             * @default true
             */
            enabled: boolean;
            /**
             * Longest queue
             * @default 1000
             */
            max_length: number;
            /**
             * Longest wait
             * @default null
             */
            max_wait_s: number | null;
            /**
             * Places in line per end user
             * @default 1
             */
            per_end_user: number | null;
            /**
             * Priority classes
             * @default {}
             */
            priorities: {
                [key: string]: number;
            };
        };
        /**
         * QueueView
         * @description A waiter's place: `position` 1 is next.
         *
         *         An ETA is the wait from now that half, or nine tenths, of such waits stay under; None while
         *         there is not enough data for one. `reason` goes with a position that may have risen: somebody of
         *         a higher class came (`higher_priority`), or somebody returned to an earlier place (`put_back`).
         */
        QueueView: {
            /** @default null */
            eta_p50_s: number | null;
            /** @default null */
            eta_p90_s: number | null;
            length: number;
            position: number;
            /** @default null */
            reason: ("higher_priority" | "put_back") | null;
        };
        /**
         * Readiness
         * @description A gateway that serves, with the number of workers connected to it.
         */
        Readiness: {
            status: string;
            workers: number;
        };
        /**
         * RecordedFacts
         * @description What was recorded, as only its worker knows.
         *
         *         Attributes:
         *             fps: frames a second of the video.
         *             frames: pictures in the video.
         *             frames_dropped: pictures left out, so that a stream was not disturbed.
         *             duration_us: how long the video is.
         *             started_us: when its first picture was shown, UTC; not for a simulation, whose time is its
         *                 own.
         *             frames_sha256: of the raw RGB pictures in order.
         */
        RecordedFacts: {
            duration_us: number;
            fps: number;
            frames: number;
            frames_dropped?: number;
            frames_sha256?: string | null;
            height: number;
            started_us?: number | null;
            width: number;
        };
        /**
         * RecordingFile
         * @description One file of a recording: `url`, of this gateway, opens it for whoever has it until then.
         */
        RecordingFile: {
            bytes: number;
            media_type: string;
            /** @enum {unknown} */
            name: "events.jsonl" | "preview.mp4" | "thumbnail.jpg" | "video.mp4";
            url: string;
            /** Format: date-time */
            url_expires_at: string;
        };
        /**
         * RecordingRules
         * @description What is kept of sessions.
         *
         *         Attributes:
         *             enabled: whether sessions are recorded, from the world's first picture to their end. Viewers
         *                 are told so from the moment they ask.
         *             keep_days: after which a recording is deleted with its files; the gateway's own limit may be
         *                 shorter. Of simulations too.
         *             max_height: rows of the video at most; a world that renders more is scaled down.
         *             fps: pictures a second at most.
         */
        RecordingRules: {
            /**
             * Record sessions
             * @default false
             */
            enabled: boolean;
            /**
             * Most pictures a second
             * @default 30
             */
            fps: number;
            /**
             * Keep for so many days
             * @default 30
             */
            keep_days: number;
            /**
             * Highest picture
             * @default 1080
             */
            max_height: number;
        };
        /**
         * Recordings
         * @description A page of recordings, the newest first: ask again with `cursor` for the next.
         */
        Recordings: {
            /** @default null */
            cursor: string | null;
            recordings: components["schemas"]["RecordingView"][];
        };
        /**
         * RecordingSource
         * @description What was recorded: a session, or one script of a simulation.
         *
         *         Attributes:
         *             id: of the session or simulation.
         *             run: of the simulation's run.
         *             script: which of the simulation's scripts, from 0.
         */
        RecordingSource: {
            id: string;
            /** @enum {unknown} */
            kind: "session" | "simulation";
            /** @default null */
            run: string | null;
            /** @default null */
            script: number | null;
        };
        /**
         * RecordingState
         * @description What a recording is. The values are stored and shown.
         * @enum {string}
         */
        RecordingState: "recording" | "ready" | "failed" | "deleted";
        /**
         * RecordingView
         * @description One recording, as its account sees it.
         *
         *         `state` is `recording` until its files are there. What was recorded is known from `ready` on:
         *         `frames_dropped` are pictures left out so that a stream was not disturbed, `frames_sha256` is of
         *         the raw RGB pictures in order, for simulations. `expires_at` is when its files are deleted.
         */
        RecordingView: {
            bytes: number;
            /** Format: date-time */
            created_at: string;
            duration_us: number | null;
            end_user: string | null;
            ended_at: string | null;
            error: string | null;
            expires_at: string | null;
            files: components["schemas"]["RecordingFile"][];
            fps: number | null;
            frames: number | null;
            frames_dropped: number | null;
            frames_sha256: string | null;
            height: number | null;
            id: string;
            project: string;
            source: components["schemas"]["RecordingSource"];
            started_at: string | null;
            /** @enum {unknown} */
            state: "deleted" | "failed" | "ready" | "recording";
            width: number | null;
        };
        /**
         * RenameAccount
         * @description PATCH /v1/account.
         */
        RenameAccount: {
            name: string;
        };
        /**
         * Replayed
         * @description How many events will be delivered again; with a `cursor`, ask again to go on from there.
         */
        Replayed: {
            cursor: string | null;
            deliveries: number;
        };
        /**
         * ReplayWebhook
         * @description POST /v1/webhooks/{id}/replay: a cursor of the feed, or the id of the last event known.
         */
        ReplayWebhook: {
            cursor: string;
        };
        /**
         * RotatedTicketKey
         * @description The name of the key that signs the account's tickets from now on.
         */
        RotatedTicketKey: {
            key: string;
        };
        /**
         * RotateKey
         * @description POST /v1/keys/{id}/rotate: the old secret works this much longer.
         */
        RotateKey: {
            overlap_s?: number;
        };
        /**
         * RotateTicketKey
         * @description POST /v1/tickets/rotate: `at_once` makes every ticket worthless that is on its way.
         */
        RotateTicketKey: {
            at_once?: boolean;
        };
        /**
         * RotateWebhook
         * @description POST /v1/webhooks/{id}/rotate: for so long the old secret signs beside the new one.
         */
        RotateWebhook: {
            overlap_s?: number;
        };
        /**
         * RuleCatalogue
         * @description Every rule that a project has, in the order in which a form shows them.
         */
        RuleCatalogue: {
            rules: components["schemas"]["RuleView"][];
        };
        /**
         * Rules
         * @description The rules of a project's sessions.
         *
         *         Attributes:
         *             worker_count: sessions that may hold a slot at once in one region; none is no cap.
         *             end_user_limit: sessions one end user may hold at once; none is no limit.
         *             on_limit: what becomes of a request over a limit: `reject` refuses it and says what holds
         *                 the slots, `queue` lets it wait, `take_over` ends the requester's own oldest detached
         *                 session.
         *             queue: how waiting goes.
         *             afk: when a viewer who does nothing is warned, and how much later the session ends.
         *             public: what visitors without a credential of their own may take.
         *             recording: what is kept of sessions.
         *             spectators: who may watch a session beside its viewer.
         *             images: whether viewers may give the world images beside prompts; one that has no use for
         *                 them refuses each.
         *             max_runtime_s: from the first frame on; a plan may allow less.
         *             connect_timeout_s: from a reserved slot to the first frame.
         *             resume_window_s: how long world and slot are kept for a viewer who dropped.
         *             origins: whose pages may open sessions, beside the gateway's own; none is pages of the
         *                 viewer's own machine, while the gateway is reached there too.
         *             embed_origins: whose pages may show `/embed/{name}` in a frame, beside the gateway's own.
         */
        Rules: {
            /**
             * Idle viewers
             * @default {
             *       "disconnect_after_s": 30,
             *       "enabled": true,
             *       "hold_off_budget_s": 0,
             *       "warn_after_s": 120
             *     }
             */
            afk: components["schemas"]["AfkRules"];
            /**
             * Time to the first frame
             * @default 60
             */
            connect_timeout_s: number;
            /**
             * Pages that may frame the player
             * @default []
             */
            embed_origins: string[];
            /**
             * Streams at once, per end user
             * @default null
             */
            end_user_limit: number | null;
            /**
             * Viewers may give images
             * @default false
             */
            images: boolean;
            /**
             * Longest session
             * @default 1800
             */
            max_runtime_s: number;
            /**
             * Over a limit
             * @default queue
             */
            on_limit: components["schemas"]["OnLimit"];
            /**
             * Pages that may open sessions
             * @default []
             */
            origins: string[];
            /**
             * Visitors
             * @default {
             *       "per_address": 20
             *     }
             */
            public: components["schemas"]["PublicRules"];
            /**
             * Queue
             * @default {
             *       "accept_s": 30,
             *       "enabled": true,
             *       "max_length": 1000,
             *       "max_wait_s": null,
             *       "per_end_user": 1,
             *       "priorities": {}
             *     }
             */
            queue: components["schemas"]["QueueRules"];
            /**
             * Recordings
             * @default {
             *       "enabled": false,
             *       "fps": 30,
             *       "keep_days": 30,
             *       "max_height": 1080
             *     }
             */
            recording: components["schemas"]["RecordingRules"];
            /**
             * Time to come back after a drop
             * @default 60
             */
            resume_window_s: number;
            /**
             * Spectators
             * @default {
             *       "enabled": false,
             *       "max": 10
             *     }
             */
            spectators: components["schemas"]["SpectatorRules"];
            /**
             * Streams at once, per region
             * @default null
             */
            worker_count: number | null;
        };
        /**
         * RuleView
         * @description One rule. What it may be is held to by the gateway whatever a form says.
         *
         *         Attributes:
         *             path: where it stands in `rules`, such as `queue.max_wait_s`.
         *             group: the path of what it belongs to; empty is none.
         *             group_title: what that is called.
         *             title: what it is called.
         *             help: what it does, in a sentence or two.
         *             type: of its value; the items of a `list` are text, a `map` goes from names to integers.
         *             default: what holds where a project says nothing.
         *             nullable: whether null may be said, which is no limit.
         *             unit: of a number.
         *             min: the least it may be; of a `map`, the least of its values.
         *             max: the most it may be; of a `map`, the most of its values.
         *             choices: the values of a `choice`.
         *             max_items: of a `list` or `map`.
         *             pattern: what each item of a `list` looks like (ECMA-262).
         *             max_length: characters of each item of a `list`, or of each name of a `map`.
         */
        RuleView: {
            /** @default [] */
            choices: string[];
            /** @description what a rule may be, as JSON */
            default: unknown;
            /** @default  */
            group: string;
            /** @default  */
            group_title: string;
            help: string;
            /** @default null */
            max: number | null;
            /** @default null */
            max_items: number | null;
            /** @default null */
            max_length: number | null;
            /** @default null */
            min: number | null;
            /** @default false */
            nullable: boolean;
            path: string;
            /** @default null */
            pattern: string | null;
            title: string;
            /** @enum {unknown} */
            type: "boolean" | "choice" | "integer" | "list" | "map" | "number";
            /** @default null */
            unit: "s" | null;
        };
        /**
         * RunView
         * @description One script of a simulation, on one slot at a time. `index` counts scripts from 0.
         *
         *         `frames` are those of its newest attempt. `recording` is the id of what it yields.
         */
        RunView: {
            attempts: number;
            /** @default null */
            ended_at: string | null;
            /** @default null */
            error: components["schemas"]["SimulationErrorView"] | null;
            frames: number;
            frames_total: number | null;
            id: string;
            index: number;
            /** @default null */
            recording: string | null;
            /** @default null */
            started_at: string | null;
            state: components["schemas"]["SimulationState"];
            /** @default null */
            worker: string | null;
        };
        /**
         * SeriesPoint
         * @description One step: sessions that held a slot at once, and how long those given one had waited.
         *
         *         `served` were first given a slot in it; half of them had waited no longer than `wait_p50_s`, and
         *         nine tenths no longer than `wait_p90_s`. None where nobody was served.
         */
        SeriesPoint: {
            /** Format: date-time */
            at: string;
            concurrency_avg: number;
            concurrency_max: number;
            served: number;
            wait_p50_s: number | null;
            wait_p90_s: number | null;
        };
        /**
         * SeriesView
         * @description Concurrency and waits step by step, up to `until`.
         */
        SeriesView: {
            /** Format: date-time */
            from: string;
            points: components["schemas"]["SeriesPoint"][];
            step_s: number;
            /** Format: date-time */
            to: string;
            /** Format: date-time */
            until: string;
        };
        /**
         * SessionState
         * @description Where a session is. The values are stored and sent: add to them, never rename.
         * @enum {unknown}
         */
        SessionState: "connecting" | "disconnected" | "failed" | "idle" | "queued" | "requesting" | "streaming";
        /**
         * SessionView
         * @description One session, as its viewer and its account may see it.
         *
         *         What ends it if nothing else does: `runs_until`, from the first frame on, `afk_ends_at`, while
         *         it is idle, `hours_end_at`, where the account's stream hours of this month are used up within 5
         *         minutes, and `drains_at`, where its machine goes out of service. A countdown counts down to
         *         them, also on a page that was reloaded.
         *
         *         `recorded` says that what is shown and done is kept, from the world's first picture to the end:
         *         who shows the stream has to say so too.
         *
         *         Only its account is shown its class in line (`priority`), what it was asked for with (`source`:
         *         `ticket:<id>`, `link:<id>`, `key:<id>`, `member:<id>`, `viewer` for a visitor), the name of the
         *         `worker` it is on, or was on last, and the id of its `recording`, once there is one.
         */
        SessionView: {
            /** @default null */
            afk_ends_at: string | null;
            attached: boolean;
            attachment: number;
            /** Format: date-time */
            created_at: string;
            /** @default null */
            device: string | null;
            /** @default null */
            drains_at: string | null;
            /** @default null */
            end: components["schemas"]["EndView"] | null;
            /** @default null */
            end_user: string | null;
            /** @default null */
            ended_at: string | null;
            /** @default null */
            first_frame_at: string | null;
            /** @default null */
            hours_end_at: string | null;
            id: string;
            /** @default null */
            priority: string | null;
            project: string;
            /** @default null */
            queue: components["schemas"]["QueueView"] | null;
            /** @default false */
            recorded: boolean;
            /** @default null */
            recording: string | null;
            region: string;
            /** @default null */
            runs_until: string | null;
            /** @default null */
            source: string | null;
            /** @default 0 */
            spectators: number;
            state: components["schemas"]["SessionState"];
            /** Format: date-time */
            state_entered_at: string;
            version: number;
            /** @default null */
            worker: string | null;
        };
        /**
         * SetUpLink
         * @description A link for the first owner.
         */
        SetUpLink: {
            link: string;
        };
        /**
         * SetUpRequest
         * @description POST /v1/set-up: the first owner, by the link that the gateway printed at its start.
         */
        SetUpRequest: {
            email: string;
            name: string;
            password: string;
            token: string;
        };
        /**
         * ShareLinks
         * @description A page of share links, the newest first: `cursor` asks for the next.
         */
        ShareLinks: {
            /** @default null */
            cursor: string | null;
            links: components["schemas"]["ShareLinkView"][];
        };
        /**
         * ShareLinkView
         * @description A share link as its account sees it; `hint` is how its secret begins.
         */
        ShareLinkView: {
            concurrent: number | null;
            /** Format: date-time */
            created_at: string;
            created_by: string;
            expires_at: string | null;
            hint: string;
            id: string;
            last_used_at: string | null;
            live: number;
            name: string;
            project: string;
            revoked_at: string | null;
            /** @enum {unknown} */
            state: "active" | "expired" | "revoked" | "used_up";
            used: number;
            uses: number | null;
        };
        /**
         * SignInOffer
         * @description How one may sign in here; `set_up` says that the first owner is still missing.
         */
        SignInOffer: {
            oidc: components["schemas"]["OidcOffer"] | null;
            password: boolean;
            set_up: boolean;
        };
        /**
         * SignInRequest
         * @description POST /v1/sign-in.
         */
        SignInRequest: {
            email: string;
            password: string;
        };
        /**
         * SimulationErrorView
         * @description Why a run failed, or the first of a simulation's runs that did: a stable code, a sentence.
         */
        SimulationErrorView: {
            message: string;
            /** @enum {unknown} */
            reason: "account_suspended" | "hours_exhausted" | "no_worker" | "project_disabled" | "run_timed_out" | "upload_failed" | "worker_lost" | "world_crashed" | "world_failed_to_start" | "world_unknown";
        };
        /**
         * SimulationProgress
         * @description How far a simulation is.
         *
         *         `frames_total` is None until it is known: it takes the world's own frame rate where none was
         *         asked for. `runs_done` are the runs that are over, however they ended.
         */
        SimulationProgress: {
            frames: number;
            frames_total: number | null;
            runs: number;
            runs_done: number;
        };
        /**
         * SimulationQueueView
         * @description A place in line: so many runs were asked for before the first of this one that waits, and 1.
         *
         *         Among accounts the one with the fewest running runs is served first, so who stands behind may be
         *         served sooner.
         */
        SimulationQueueView: {
            position: number;
        };
        /**
         * Simulations
         * @description A page of simulations, the newest first: `cursor` asks for the next; None is the end.
         */
        Simulations: {
            /** @default null */
            cursor: string | null;
            simulations: components["schemas"]["SimulationView"][];
        };
        /**
         * SimulationState
         * @description Where a simulation is, and each of its runs. The values are stored and sent, as above.
         * @enum {unknown}
         */
        SimulationState: "cancelled" | "completed" | "dispatched" | "failed" | "pending" | "processing";
        /**
         * SimulationView
         * @description One simulation.
         *
         *         `scripts` is how many it has. `retries` are runs that were given another slot after their first
         *         failed them. `simulation_us` is what it is metered: from each world's first picture to its last.
         *         `frame` is as it was asked for.
         */
        SimulationView: {
            /** Format: date-time */
            created_at: string;
            dispatched_at: string | null;
            end_user: string | null;
            ended_at: string | null;
            error: components["schemas"]["SimulationErrorView"] | null;
            frame: components["schemas"]["Frame"];
            id: string;
            name: string | null;
            progress: components["schemas"]["SimulationProgress"];
            project: string;
            queue: components["schemas"]["SimulationQueueView"] | null;
            region: string;
            retries: number;
            runs: components["schemas"]["RunView"][];
            scripts: number;
            seed: number;
            simulation_us: number;
            started_at: string | null;
            state: components["schemas"]["SimulationState"];
        };
        /**
         * SlotCounts
         * @description Slots by state, of workers that are not lost.
         */
        SlotCounts: {
            fencing: number;
            free: number;
            held: number;
            quarantined: number;
        };
        /**
         * SlotView
         * @description One slot of a worker; `term` rises with each reservation.
         *
         *         Either a `session` has it, or had it while it is fenced, or a `run` of a simulation. `failures`
         *         are worlds that failed on it in a row; `until` is when a slot comes back by itself that is being
         *         fenced or is quarantined.
         */
        SlotView: {
            /** @default 0 */
            failures: number;
            index: number;
            /** @default null */
            run: string | null;
            /** @default null */
            session: string | null;
            state: string;
            term: number;
            /** @default null */
            until: string | null;
        };
        /**
         * SpectatorRules
         * @description Who may watch a session beside its viewer.
         *
         *         Attributes:
         *             enabled: whether a session may be watched by whoever has a token for it. They see its
         *                 pictures, send nothing, and hold no slot.
         *             max: who may watch one session at once; the next is refused with `spectator_limit`. The
         *                 worker encodes the picture once for each.
         */
        SpectatorRules: {
            /**
             * Spectators may watch
             * @default false
             */
            enabled: boolean;
            /**
             * Spectators per session
             * @default 10
             */
            max: number;
        };
        /**
         * Spectators
         * @description Everybody who may watch a session, the newest first; `watching` of at most `max` do.
         */
        Spectators: {
            max: number;
            spectators: components["schemas"]["SpectatorView"][];
            watching: number;
        };
        /**
         * SpectatorView
         * @description Who may watch a session, and in how many places that happens now.
         *
         *         `over` is that the session has ended. `created_by` is `key:<id>`, `member:<id>` or `viewer`.
         */
        SpectatorView: {
            /** Format: date-time */
            created_at: string;
            created_by: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            name: string;
            /** @default null */
            revoked_at: string | null;
            /** @enum {unknown} */
            state: "active" | "expired" | "over" | "revoked";
            viewers: number;
            watching: number;
        };
        /**
         * SubmitSimulation
         * @description POST /v1/simulations.
         *
         *         Attributes:
         *             project: the project's name.
         *             script: what happens, and when: a list of cues, the last of which is the end.
         *             scripts: many of them, each a run of its own. Either this or `script`.
         *             region: where; the project's first where it is left out.
         *             frame: of what size and how often pictures are kept; left out, as the world renders.
         *             seed: of the world, the same for each script; left out, one is made up, and shown.
         *             end_user: for whom, in usage.
         *             name: what lists call it.
         */
        SubmitSimulation: {
            end_user?: string | null;
            frame?: components["schemas"]["Frame"] | null;
            name?: string | null;
            project: string;
            region?: string | null;
            script?: components["schemas"]["Cue"][] | null;
            scripts?: components["schemas"]["Cue"][][] | null;
            seed?: number | null;
        };
        /**
         * TestSent
         * @description The `webhook.test` event that is on its way: look for it in the delivery log.
         */
        TestSent: {
            event: string;
        };
        /**
         * Text
         * @description Text typed or composed by an input method, where keys alone do not tell it.
         */
        Text: {
            text: string;
            /** @enum {unknown} */
            type: "text";
        };
        /**
         * Timeline
         * @description How a session went.
         *
         *         Attributes:
         *             session: as it is now.
         *             sentence: why it ended, or what it waits for, in one plain sentence.
         *             entries: what happened, the first first.
         *             complete: whether these are all; a session that went through more shows its first thousands.
         *             hint: of a session that failed, what whoever runs it may do about that.
         */
        Timeline: {
            /** @default true */
            complete: boolean;
            entries: components["schemas"]["TimelineEntry"][];
            /** @default null */
            hint: string | null;
            sentence: string;
            session: components["schemas"]["SessionView"];
        };
        /**
         * TimelineEntry
         * @description One thing that happened in a session.
         *
         *         Attributes:
         *             at: when it took effect.
         *             kind: what: an event of the lifecycle, or what was noted beside it (`note` is True).
         *             state: the session's state after it.
         *             actor: who caused it: `viewer`, `worker:<name>`, `gateway`, `key:<id>`, `member:<id>`.
         *             cause: why, for machines.
         *             text: all that as a sentence.
         *             facts: the numbers and names in it; units last, as in `after_s`.
         *             note: whether it changed nothing, and was only seen.
         */
        TimelineEntry: {
            actor: string;
            /** Format: date-time */
            at: string;
            cause: string;
            facts: {
                [key: string]: string | number;
            };
            kind: string;
            /** @default false */
            note: boolean;
            state: components["schemas"]["SessionState"];
            text: string;
        };
        /**
         * TouchEnd
         * @description A finger left, or the system took the touch away.
         */
        TouchEnd: {
            id: number;
            /** @enum {unknown} */
            type: "touch_end";
        };
        /**
         * TouchMove
         * @description A finger moved.
         */
        TouchMove: {
            id: number;
            /** @enum {unknown} */
            type: "touch_move";
            x: number;
            y: number;
        };
        /**
         * TouchStart
         * @description A finger came down.
         */
        TouchStart: {
            id: number;
            /** @enum {unknown} */
            type: "touch_start";
            x: number;
            y: number;
        };
        /**
         * UploadTarget
         * @description Where to PUT one file: `url` is of this gateway where it begins with a slash.
         *
         *         It is to be sent whole, of the very length that was said, as `media_type`.
         */
        UploadTarget: {
            media_type: string;
            /** @enum {unknown} */
            name: "events.jsonl" | "preview.mp4" | "thumbnail.jpg" | "video.mp4";
            url: string;
        };
        /**
         * UploadTargets
         * @description Where to PUT the files, in the order in which they were named.
         */
        UploadTargets: {
            files: components["schemas"]["UploadTarget"][];
        };
        /**
         * UsageGroup
         * @description What those used who share `key`; None are the sessions that have no such.
         *
         *         By session, each run of a simulation has a group too, under its own id.
         */
        UsageGroup: {
            idle_us: number;
            key: string | null;
            sessions: number;
            simulation_us: number;
            stream_us: number;
            streaming_us: number;
        };
        /**
         * UsageSum
         * @description What was used: `stream_us` is `streaming_us` and `idle_us` together.
         *
         *         `simulation_us` is the time in which the runs of simulations rendered. `sessions`
         *         streamed; one that streamed on two days counts in both, and once in the total.
         */
        UsageSum: {
            idle_us: number;
            sessions: number;
            simulation_us: number;
            stream_us: number;
            streaming_us: number;
        };
        /**
         * UsageView
         * @description What an account used from an instant to before another.
         *
         *         Sessions that run still are counted up to `until`: what is said of them may yet change, by as
         *         much as it takes to notice that nobody watches. `cursor` asks for the groups that follow; None
         *         is the end.
         */
        UsageView: {
            /** @default null */
            cursor: string | null;
            /** Format: date-time */
            from: string;
            group_by: string;
            groups: components["schemas"]["UsageGroup"][];
            /** Format: date-time */
            to: string;
            total: components["schemas"]["UsageSum"];
            /** Format: date-time */
            until: string;
        };
        /**
         * VerifiedView
         * @description What came of holding sessions and runs to their log: `cursor` asks for the next.
         *
         *         None is the end. The sums are of what is over in these sessions and runs.
         */
        VerifiedView: {
            /** @default null */
            cursor: string | null;
            differences: components["schemas"]["Difference"][];
            events: number;
            /** @default 0 */
            runs: number;
            sessions: number;
            /** @default 0 */
            simulation_us: number;
            stream_us: number;
        };
        /**
         * VideoSpec
         * @description How to encode: codecs in order of wish, and the ceiling.
         */
        VideoSpec: {
            codecs?: ("AV1" | "H264" | "VP8" | "VP9")[];
            max_bitrate_kbps?: number;
            max_fps?: number;
        };
        /**
         * WatchView
         * @description A session as a spectator may see it.
         *
         *         Attributes:
         *             spectators: how many watch it.
         *             watching: whether the asked-for watch goes on.
         *             reason: why it does not.
         */
        WatchView: {
            project: string;
            /** @default null */
            reason: ("left" | "lost" | "not_answered" | "not_connected" | "refused" | "replaced" | "revoked" | "session_ended") | null;
            session: string;
            spectators: number;
            state: components["schemas"]["SessionState"];
            title: string;
            /** @default false */
            watching: boolean;
        };
        /**
         * WebhookPage
         * @description A page of webhooks, the newest first: `cursor` asks for the next; None is the end.
         */
        WebhookPage: {
            /** @default null */
            cursor: string | null;
            webhooks: components["schemas"]["WebhookView"][];
        };
        /**
         * WebhookSecret
         * @description A webhook with its newest secret, which is shown this once.
         */
        WebhookSecret: {
            secret: string;
            webhook: components["schemas"]["WebhookView"];
        };
        /**
         * WebhookView
         * @description One webhook.
         *
         *         `disabled` says why it is sent nothing: `by_owner`, `gone` (its receiver answered 410) or
         *         `failing` (nothing arrived for three days). `failing_since` is since when nothing arrived.
         */
        WebhookView: {
            /** Format: date-time */
            created_at: string;
            description: string;
            disabled: string | null;
            enabled: boolean;
            failing_since: string | null;
            id: string;
            previous_secret_until: string | null;
            types: string[];
            url: string;
        };
        /**
         * Wheel
         * @description The wheel turned; CSS pixels, positive down and right.
         */
        Wheel: {
            delta_x: number;
            delta_y: number;
            /** @enum {unknown} */
            type: "wheel";
            x?: number;
            y?: number;
        };
        /**
         * Workers
         * @description The workers, for the operator; for other accounts, the pools that they use, and no worker.
         */
        Workers: {
            /** @default [] */
            pools: components["schemas"]["PoolView"][];
            workers: components["schemas"]["WorkerView"][];
        };
        /**
         * WorkerView
         * @description One worker: `ready`, `draining`, `suspect` (unheard for a while) or `lost`.
         *
         *         `health` is `failing` where worlds fail on it; `drains_at` is when what still runs on it ends,
         *         while it drains, and `drained_by` who asked for that: None is the worker itself, which stops.
         */
        WorkerView: {
            /** @default null */
            drained_by: string | null;
            /** @default null */
            drains_at: string | null;
            encoders: string[];
            /** @enum {unknown} */
            health: "failing" | "good" | "lost" | "unheard";
            /** Format: date-time */
            heard_at: string;
            /** @default  */
            host: string;
            id: string;
            kinds: string[];
            load: components["schemas"]["LoadView"];
            name: string;
            pool: string;
            region: string;
            /** Format: date-time */
            registered_at: string;
            slots: components["schemas"]["SlotView"][];
            state: string;
            version: string;
        };
        /**
         * Worlds
         * @description The worlds that a caller may make projects from, by name.
         */
        Worlds: {
            worlds: components["schemas"]["WorldView"][];
        };
        /**
         * WorldView
         * @description A world that projects may be made from: the operator's project of that name offers it.
         */
        WorldView: {
            description: string;
            kind: string;
            name: string;
            pool: string;
            /** @default [] */
            prompts: string[];
            regions: string[];
            title: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    healthz_healthz_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz_readyz_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    own_v1_account_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rename_v1_account_patch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameAccount"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_accounts_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accounts"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_v1_accounts_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateAccount"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedAccount"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_v1_accounts__account_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_v1_accounts__account_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeAccount"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_v1_artifacts__token___name__get: {
        parameters: {
            query?: {
                /** @description to be saved, not shown */
                download?: boolean;
            };
            header?: never;
            path: {
                name: string;
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Success */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Success */
            307: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Requested Range Not Satisfiable */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_audit_get: {
        parameters: {
            query?: {
                /** @description `key.created`, or `key` for all of it */
                action?: string | null;
                actor?: string | null;
                cursor?: number | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_v1_audit_check_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditCheck"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redeliver_v1_deliveries__delivery_id__redeliver_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_events_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                session?: string | null;
                /** @description such as `session.*,queue.joined` */
                types?: string | null;
            };
            header?: {
                /** @description the live feed goes on after this event, whatever `cursor` says */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "text/event-stream": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_v1_images__image__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                image: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdraw_v1_invitations__invitation_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    accept_v1_invitations_accept_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitation"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    look_at_v1_invitations_look_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LookAtInvitation"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationLook"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_keys_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Keys"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_v1_keys_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateKey"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_v1_keys__key_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_v1_keys__key_id__rotate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateKey"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live_v1_live_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me_v1_me_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_me_v1_me_patch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMe"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password_v1_me_password_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_members_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Members"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invite_v1_members_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InviteMember"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invited"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_v1_members__member_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                member_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_v1_members__member_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                member_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMember"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberView"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    overview__v1_overview_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    series_v1_overview_series_get: {
        parameters: {
            query?: {
                /** @description a day, or a time of ISO 8601 */
                from?: string | null;
                /** @description 1,000 points at most */
                step_s?: number | null;
                /** @description before when */
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_plans_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plans"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_v1_plans__name__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutPlan"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanView"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_v1_plans__name__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    projects_v1_projects_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                /** @description only those of one's account */
                own?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Projects"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_v1_projects_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProject"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnProject"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    project_v1_projects__name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_v1_projects__name__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_v1_projects__name__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeProject"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnProject"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    queue_v1_projects__name__queue_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectQueue"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_recordings_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                /** @description the project's name */
                project?: string | null;
                session?: string | null;
                simulation?: string | null;
                source?: ("session" | "simulation") | null;
                /** @description without it, all but the deleted */
                state?: components["schemas"]["RecordingState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recordings"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_v1_recordings__recording_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_v1_recordings__recording_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rules_v1_rules_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleCatalogue"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_sessions_get: {
        parameters: {
            query?: {
                /** @description ended with any of these */
                code?: components["schemas"]["EndCode"][];
                cursor?: string | null;
                end_user?: string | null;
                /** @description asked for then or later */
                from?: string | null;
                limit?: number;
                /** @description only those that have not ended */
                live?: boolean;
                /** @description the project's name */
                project?: string | null;
                region?: string | null;
                /** @description any of these, one a parameter */
                state?: components["schemas"]["SessionState"][];
                /** @description asked for before then */
                to?: string | null;
                /** @description the name of the worker that it is or was on */
                worker?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    open__v1_sessions_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OpenSession"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedSession"];
                };
            };
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedSession"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_v1_sessions__session_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_v1_sessions__session_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bye_v1_sessions__session_id__bye_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LeavePage"];
            };
        };
        responses: {
            /** @description Taken. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    extend__v1_sessions__session_id__extend_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExtendSession"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_sessions__session_id__spectators_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Spectators"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_v1_sessions__session_id__spectators_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateSpectator"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedSpectator"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_v1_sessions__session_id__spectators__spectator_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
                spectator_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpectatorView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    timeline_v1_sessions__session_id__timeline_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Timeline"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_many_v1_sessions_end_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndSessions"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedSessions"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_up_v1_set_up_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUpRequest"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_up_link_v1_set_up_link_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetUpLink"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_share_links_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                project?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareLinks"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_v1_share_links_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateShareLink"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedShareLink"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_v1_share_links__link_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                link_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareLinkView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_v1_share_links__link_id__delete: {
        parameters: {
            query?: {
                /** @description end its live sessions too */
                end_sessions?: boolean;
            };
            header?: never;
            path: {
                link_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareLinkView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_v1_share_links__link_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                link_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeShareLink"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareLinkView"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    offer_v1_sign_in_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInOffer"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in_v1_sign_in_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out_v1_sign_out_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_simulations_get: {
        parameters: {
            query?: {
                /** @description only those that are not over */
                active?: boolean;
                cursor?: string | null;
                /** @description 50 at most are shown */
                limit?: number;
                /** @description the project's name */
                project?: string | null;
                /** @description any of these, one a parameter */
                state?: components["schemas"]["SimulationState"][];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Simulations"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submit__v1_simulations_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitSimulation"];
            };
        };
        responses: {
            /** @description Taken. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimulationView"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_v1_simulations__simulation_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                simulation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimulationView"];
                    "text/event-stream": string;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel__v1_simulations__simulation_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                simulation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimulationView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mint_v1_tickets_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MintTicket"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MintedTicket"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_v1_tickets_rotate_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateTicketKey"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedTicketKey"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    begin_v1_uploads_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginUpload"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadTargets"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_v1_uploads__token___name__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Insufficient Storage */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    complete_v1_uploads_complete_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompleteUpload"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    fail_v1_uploads_fail_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FailUpload"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    usage__v1_usage_get: {
        parameters: {
            query?: {
                /** @description for the operator: whose, or `all` */
                account?: string | null;
                cursor?: string | null;
                /** @description a day, or a time of ISO 8601 */
                from?: string | null;
                group_by?: components["schemas"]["GroupBy"];
                limit?: number;
                /** @description a month: 2026-11 */
                period?: string | null;
                /** @description before when */
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    usage_csv_v1_usage_csv_get: {
        parameters: {
            query?: {
                /** @description for the operator: whose, or `all` */
                account?: string | null;
                cursor?: string | null;
                /** @description a day, or a time of ISO 8601 */
                from?: string | null;
                group_by?: components["schemas"]["GroupBy"];
                limit?: number;
                /** @description a month: 2026-11 */
                period?: string | null;
                /** @description before when */
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cost__v1_usage_cost_get: {
        parameters: {
            query: {
                /** @description for the operator: whose, or `all` */
                account?: string | null;
                /** @description a day, or a time of ISO 8601 */
                from?: string | null;
                /** @description a month: 2026-11 */
                period?: string | null;
                price_per_gpu_hour: string;
                /** @description before when */
                to?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CostView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verify_v1_usage_verify_get: {
        parameters: {
            query?: {
                /** @description for the operator: whose, or `all` */
                account?: string | null;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerifiedView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    look_v1_watch__session_id__get: {
        parameters: {
            query?: {
                watch?: string | null;
            };
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WatchView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list__v1_webhooks_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookPage"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_v1_webhooks_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebhook"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_v1_webhooks__webhook_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_v1_webhooks__webhook_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_v1_webhooks__webhook_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeWebhook"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deliveries_v1_webhooks__webhook_id__deliveries_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                state?: components["schemas"]["DeliveryState"] | null;
            };
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay_v1_webhooks__webhook_id__replay_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayWebhook"];
            };
        };
        responses: {
            /** @description Taken. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Replayed"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_v1_webhooks__webhook_id__rotate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateWebhook"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_v1_webhooks__webhook_id__test_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestSent"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    play_v1_whep__session_id__post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/sdp": string;
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Acceptable */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    leave_v1_whep__session_id___watch_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
                watch_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    workers_v1_workers_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workers"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    drain__v1_workers__worker_id__drain_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                worker_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DrainWorker"];
            };
        };
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerView"];
                };
            };
            /** @description Bad Request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume__v1_workers__worker_id__resume_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                worker_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerView"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    worlds_v1_worlds_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thing asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Worlds"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
