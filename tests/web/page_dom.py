"""A small document tree over html.parser: enough to find elements by tag, id and class."""
import html.parser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Node:
    """An element: tag, attributes (class as a set too), children (nodes) and text in order."""

    def __init__(self, tag, attributes):
        self.tag = tag
        self.attributes = {name: value if value is not None else "" for name, value in attributes}
        self.classes = set(self.attributes.get("class", "").split())
        self.content = []

    @property
    def children(self):
        return [item for item in self.content if isinstance(item, Node)]

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, tag=None, cls=None):
        return [node for node in self.walk() if node is not self
                and (tag is None or node.tag == tag) and (cls is None or cls in node.classes)]

    def first(self, tag=None, cls=None):
        found = self.all(tag, cls)
        if not found:
            raise LookupError(f"no {tag or ''}{'.' + cls if cls else ''} in <{self.tag}>")
        return found[0]

    def by_id(self, name):
        return next(node for node in self.walk() if node.attributes.get("id") == name)

    def text(self):
        return "".join(item.text() if isinstance(item, Node) else item for item in self.content)

    def attribute_values(self):
        return [value for node in self.walk() for value in node.attributes.values()]


class Builder(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Node("document", [])]

    def handle_starttag(self, tag, attributes):
        node = Node(tag, attributes)
        self.open[-1].content.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag, attributes):
        self.open[-1].content.append(Node(tag, attributes))

    def handle_endtag(self, tag):
        while len(self.open) > 1 and tag in (node.tag for node in self.open[1:]):
            if self.open.pop().tag == tag:
                break

    def handle_data(self, text):
        self.open[-1].content.append(text)


def parse(text):
    builder = Builder()
    builder.feed(text)
    builder.close()
    return builder.open[0]
