"""What we ask GitHub's GraphQL, as constants; what people wrote goes in as variables only.

Schema: https://docs.github.com/en/graphql/overview/public-schema
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tasks.core.forge.writes import Settle

REMARK = "id fullDatabaseId body author { __typename login } createdAt"

REMARKS = f"""
  pageInfo {{ hasNextPage endCursor }}
  nodes {{ {REMARK} }}
"""

THREADS = f"""
  pageInfo {{ hasNextPage endCursor }}
  nodes {{
    id path line isResolved resolvedBy {{ login }}
    comments(first: 50) {{ {REMARKS} }}
  }}
"""

REVIEWS = """
  pageInfo { hasPreviousPage startCursor }
  nodes { fullDatabaseId state body author { __typename login } commit { oid } }
"""

# Not only the latest of each name, which is the default: two pull requests can have one head.
# An App has one suite at a commit, Actions one for each run of a workflow.
SUITES = """
  checkSuites(first: 10, after: $suites, filterBy: {checkName: $check}) {
    pageInfo { hasNextPage endCursor }
    nodes {
      app { slug }
      checkRuns(first: 20, filterBy: {checkName: $check, checkType: ALL}) {
        nodes {
          databaseId externalId name status conclusion title
          annotations(first: 1) { totalCount }
        }
      }
    }
  }
"""

COMMIT = f"""
  oid
  {SUITES}
  status {{ contexts {{ context state description }} }}
"""

FILE = "mode object { ... on Blob { text isTruncated } }"

PULL = f"""
query Pull(
  $owner: String!, $name: String!, $number: Int!, $check: String!, $suites: String
  $settings: String!
) {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    nameWithOwner
    pullRequest(number: $number) {{
      number title isDraft state baseRefName baseRefOid headRefName headRefOid
      author {{ __typename login }}
      headRepository {{ nameWithOwner }}
      baseRef {{ target {{ ... on Commit {{ file(path: $settings) {{ {FILE} }} }} }} }}
      labels(first: 100) {{ nodes {{ name }} }}
      reviewThreads(first: 100) {{ {THREADS} }}
      comments(first: 100) {{ {REMARKS} }}
      reviews(last: 100) {{ {REVIEWS} }}
      commits(last: 1) {{ nodes {{ commit {{ {COMMIT} }} }} }}
    }}
  }}
}}
"""
"""Everything about a pull request; about 3 of the 5,000 points of an hour."""


def _more(name: str, asked: str) -> str:
    """Return the question for another page of one list of a pull request."""
    return f"""
query {name}($owner: String!, $name: String!, $number: Int!, $at: String!) {{
  repository(owner: $owner, name: $name) {{ pullRequest(number: $number) {{ {asked} }} }}
}}
"""


MORE_THREADS = _more("MoreThreads", f"reviewThreads(first: 100, after: $at) {{ {THREADS} }}")
MORE_REMARKS = _more("MoreRemarks", f"comments(first: 100, after: $at) {{ {REMARKS} }}")
MORE_REVIEWS = _more("MoreReviews", f"reviews(last: 100, before: $at) {{ {REVIEWS} }}")

MORE_ANSWERS = f"""
query MoreAnswers($thread: ID!, $at: String!) {{
  node(id: $thread) {{
    ... on PullRequestReviewThread {{ comments(first: 100, after: $at) {{ {REMARKS} }} }}
  }}
}}
"""
"""The rest of a long thread."""

CHECKS = f"""
query Checks(
  $owner: String!, $name: String!, $oid: GitObjectID!, $check: String!, $suites: String
) {{
  repository(owner: $owner, name: $name) {{
    object(oid: $oid) {{ ... on Commit {{ {COMMIT} }} }}
  }}
}}
"""
"""What a commit has of checks: another page, or a head that the list of commits lags behind."""


def settling(threads: Sequence[Settle]) -> tuple[str, Mapping[str, str]]:
    """Return the one request that says in each thread that it is fixed, then resolves it.

    The mark goes first: a thread that is resolved without it is a person's dismissal.
    """
    asked: list[str] = []
    parts: list[str] = []
    given: dict[str, str] = {}
    for at, thread in enumerate(threads):
        asked.append(f"$comment{at}: ID!, $body{at}: String!, $thread{at}: ID!")
        parts.append(
            f"""
  say{at}: updatePullRequestReviewComment(
    input: {{pullRequestReviewCommentId: $comment{at}, body: $body{at}}}
  ) {{ clientMutationId }}
  resolve{at}: resolveReviewThread(input: {{threadId: $thread{at}}}) {{ clientMutationId }}"""
        )
        given |= {
            f"comment{at}": thread.comment,
            f"body{at}": thread.body,
            f"thread{at}": thread.thread,
        }
    return f"mutation Settle({', '.join(asked)}) {{{''.join(parts)}\n}}\n", given
