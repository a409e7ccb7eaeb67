"""Asks libxml2 (through lxml) for its verdict on messages: the other opinion in the tests of mx.

Reads requests from standard input: a line `<number of bytes> <schema file>...`, then the bytes.
Answers each with one line: `ill <why>`, `none` (no element that one of the schemas declares
globally), `good`, or `bad <why>`. The schemas are applied to the outermost elements that they
declare. External entities and the network stay closed.
"""

import sys
from functools import cache

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"


@cache
def schema(path):
    tree = etree.parse(path)
    root = tree.getroot()
    namespace = root.get("targetNamespace")
    names = {"{%s}%s" % (namespace, e.get("name")) for e in root.findall(XS + "element")}
    return names, etree.XMLSchema(tree)


def verdict(data, paths):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return "ill " + str(error)
    # lxml looks at the last error only; a warning behind an error of namespaces would hide it.
    errors = parser.error_log.filter_from_errors()
    if errors:
        return "ill " + errors[0].message
    if root.getroottree().docinfo.internalDTD is not None:
        return "ill it has a document type"
    known = [schema(path) for path in paths]
    seen = False
    todo = [root]
    while todo:
        element = todo.pop()
        if not isinstance(element.tag, str):
            continue
        for names, compiled in known:
            if element.tag in names:
                seen = True
                if not compiled.validate(element):
                    return "bad " + str(compiled.error_log[0].message)
                break
        else:
            todo.extend(element)
    return "good" if seen else "none"


def main():
    source, sink = sys.stdin.buffer, sys.stdout
    while line := source.readline():
        length, *paths = line.decode().split()
        answer = verdict(source.read(int(length)), paths)
        sink.write(" ".join(answer.split()) + "\n")
        sink.flush()


main()
